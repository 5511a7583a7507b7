/**
 * The command {@code tftp} as its users meet it: what it does where others do wrong, on a terminal, in a pipe, at its
 * first start. What crosses the wire in each case of the protocol is in {@code dev.lockstep.tftp.wire}.
 */
package dev.lockstep.tftp.client;
