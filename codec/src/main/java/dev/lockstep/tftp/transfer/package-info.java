/**
 * The transfer: two state machines that use no channel, thread, clock, file or log.
 *
 * <p>Start here: {@link dev.lockstep.tftp.transfer.Sender} and {@link dev.lockstep.tftp.transfer.Receiver} are the
 * two state machines, {@link dev.lockstep.tftp.transfer.Transfer} is their common part, and
 * {@link dev.lockstep.tftp.transfer.Wire} is the only interface through which they act.
 * {@link dev.lockstep.tftp.transfer.Negotiation} determines the settings before a state machine starts.
 * To serve files from or store files in a new place, write a {@link dev.lockstep.tftp.transfer.Source} or a
 * {@link dev.lockstep.tftp.transfer.Sink}; to observe transfers, a {@link dev.lockstep.tftp.transfer.TransferListener}.
 *
 * <p>Points in time are {@code long} values in nanoseconds, on the scale of {@code System.nanoTime()}.
 */
package dev.lockstep.tftp.transfer;
