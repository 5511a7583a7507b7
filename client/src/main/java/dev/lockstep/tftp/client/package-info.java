/**
 * The client sends the request, takes the source port of the reply as the TID of its peer, and runs the transfer.
 *
 * <p>Start here: {@link dev.lockstep.tftp.client.TftpClient}.
 */
package dev.lockstep.tftp.client;
