/**
 * Counts what a server does.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.internal.metrics.ServerCounters}.
 */
package dev.lockstep.tftp.server.internal.metrics;
