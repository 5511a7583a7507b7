/**
 * The log of the daemon: a line for each transfer, and the layouts for terminals, the journal and JSON.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.internal.logging.TransferLog}.
 */
package dev.lockstep.tftp.server.internal.logging;
