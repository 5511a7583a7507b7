/**
 * The server: listens, opens one child channel a request, and drains when it is told to stop.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.TftpServer} is what an embedding program uses,
 * {@code ListenerHandler} is where a request arrives, {@code ServerHandshake} is where it becomes a transfer.
 */
package dev.lockstep.tftp.server;
