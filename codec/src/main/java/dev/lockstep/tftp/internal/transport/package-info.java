/**
 * Event loops and sockets: native epoll where the system has it, NIO elsewhere.
 *
 * <p>Start here: {@link dev.lockstep.tftp.internal.transport.Transport}.
 */
package dev.lockstep.tftp.internal.transport;
