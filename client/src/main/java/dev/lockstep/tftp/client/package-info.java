/**
 * The client sends the request, takes the source port of the reply as the TID of its peer, and runs the transfer.
 *
 * <p>Start here: {@link dev.lockstep.tftp.client.TftpClient}.
 *
 * <p>Arguments and results are not null where the documentation of a method does not mention null.
 */
package dev.lockstep.tftp.client;
