/**
 * The client: asks, takes the answer's port as its peer, and runs the transfer.
 *
 * <p>Start here: {@link dev.lockstep.tftp.client.TftpClient}.
 */
package dev.lockstep.tftp.client;
