/**
 * The events that transfers report to programs that observe them.
 *
 * <p>Start here: a {@link dev.lockstep.tftp.event.TransferListener} receives each
 * {@link dev.lockstep.tftp.event.TransferEvent}; a {@link dev.lockstep.tftp.event.PacketTap} observes single
 * packets.
 *
 * <p>Arguments and results are not null where the documentation of a method does not mention null.
 */
package dev.lockstep.tftp.event;
