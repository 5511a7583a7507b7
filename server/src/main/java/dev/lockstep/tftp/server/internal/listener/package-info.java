/**
 * The listening sockets: receive requests and the packets of transfers that share a port, on each local address.
 *
 * <p>Start here: {@link dev.lockstep.tftp.server.internal.listener.ListenerInitializer}.
 */
package dev.lockstep.tftp.server.internal.listener;
