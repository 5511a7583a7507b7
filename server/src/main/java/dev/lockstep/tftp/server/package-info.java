/**
 * The TFTP server: listens, opens one child channel for each request, and drains running transfers when it is stopped.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.TftpServer} is the entry point for embedding programs, {@code
 * ListenerHandler} receives requests, {@code ServerHandshake} starts their transfers.
 */
package dev.lockstep.tftp.server;
