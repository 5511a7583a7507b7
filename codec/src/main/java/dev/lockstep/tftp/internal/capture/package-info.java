/**
 * Records of packets: a trace in text and a capture for Wireshark.
 *
 * <p>Start here: {@link dev.lockstep.tftp.internal.capture.TraceForm} and
 * {@link dev.lockstep.tftp.internal.capture.PacketCapture}.
 */
package dev.lockstep.tftp.internal.capture;
