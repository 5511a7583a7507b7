/**
 * Connects files that block to event loops that must not, within a budget of memory.
 *
 * <p>Start here: {@link dev.lockstep.tftp.internal.channel.file.OutgoingFile} reads ahead of a sender,
 * {@link dev.lockstep.tftp.internal.channel.file.IncomingFile} writes behind a receiver. Events cross threads in
 * {@link dev.lockstep.tftp.internal.channel.file.BlockingTasks}.
 */
package dev.lockstep.tftp.internal.channel.file;
