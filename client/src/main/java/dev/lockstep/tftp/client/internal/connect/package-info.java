/**
 * Requests of the client: sockets, the handshake, and retries with other options.
 *
 * <p>Start here: {@link dev.lockstep.tftp.client.internal.connect.ClientTransfer} sends the requests of one transfer,
 * {@link dev.lockstep.tftp.client.internal.connect.ClientHandshake} waits for its answer.
 */
package dev.lockstep.tftp.client.internal.connect;
