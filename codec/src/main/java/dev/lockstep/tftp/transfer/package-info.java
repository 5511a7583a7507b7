/**
 * What a transfer is: two state machines without channel, thread, clock, file or log.
 *
 * <p>Start here: {@link dev.lockstep.tftp.transfer.Sender} and {@link dev.lockstep.tftp.transfer.Receiver} are the
 * two machines, {@link dev.lockstep.tftp.transfer.Transfer} is what they share, and
 * {@link dev.lockstep.tftp.transfer.Wire} is all they can do to the world.
 * {@link dev.lockstep.tftp.transfer.Negotiation} decides what both ends agree on before a machine starts.
 * To serve or store files from a new place, write a {@link dev.lockstep.tftp.transfer.Source} or a
 * {@link dev.lockstep.tftp.transfer.Sink}; to watch transfers, a {@link dev.lockstep.tftp.transfer.TransferListener}.
 *
 * <p>A moment here is a {@code long} of nanoseconds, as {@code System.nanoTime()} counts them.
 */
package dev.lockstep.tftp.transfer;
