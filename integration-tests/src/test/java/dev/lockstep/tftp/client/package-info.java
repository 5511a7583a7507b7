/**
 * The command {@code tftp} from the point of view of its users: traps for scripts, on a terminal, in a pipe, and at its
 * first start. The datagrams of each case of the protocol are tested in {@code dev.lockstep.tftp.wire}.
 */
package dev.lockstep.tftp.client;
