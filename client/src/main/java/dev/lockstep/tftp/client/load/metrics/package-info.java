/** The metrics of a load test for Prometheus. */
package dev.lockstep.tftp.client.load.metrics;
