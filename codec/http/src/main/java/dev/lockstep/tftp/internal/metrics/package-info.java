/** Metrics in the formats of Prometheus. The only package of both ends that uses a library for metrics, beside those below it. */
package dev.lockstep.tftp.internal.metrics;
