/**
 * The transfer: two state machines that use no channel, thread, clock, file or log.
 *
 * <p>Start here: {@link dev.lockstep.tftp.transfer.Sender} and {@link dev.lockstep.tftp.transfer.Receiver} are the
 * two state machines, {@link dev.lockstep.tftp.transfer.Transfer} is their common part, and
 * {@link dev.lockstep.tftp.transfer.Wire} is the only interface through which they act.
 * {@link dev.lockstep.tftp.negotiation.Negotiation} determines the settings before a state machine starts.
 *
 * <p>Points in time are {@code long} values in nanoseconds, on the scale of {@code System.nanoTime()}.
 *
 * <p>Arguments and results are not null where the documentation of a method does not mention null.
 */
package dev.lockstep.tftp.transfer;
