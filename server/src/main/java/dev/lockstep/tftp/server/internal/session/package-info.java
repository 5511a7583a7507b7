/**
 * A transfer of the server, from the request to its end, and the places, ports and files that it uses.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.internal.session.ServerTransfer} is a running transfer,
 * {@link dev.lockstep.tftp.server.internal.session.TransferChannelOpener} opens its channel, and
 * {@link dev.lockstep.tftp.server.internal.session.ServerHandshake} opens its file and starts it.
 */
package dev.lockstep.tftp.server.internal.session;
