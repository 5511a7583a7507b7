/**
 * The events that transfers report to programs that observe them.
 *
 * <p>Start here: a {@link dev.lockstep.tftp.event.TransferListener} receives each
 * {@link dev.lockstep.tftp.event.TransferEvent}; a {@link dev.lockstep.tftp.event.PacketTap} observes single
 * packets.
 */
package dev.lockstep.tftp.event;
