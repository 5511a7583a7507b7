/**
 * Transfers on Netty channels: the state machines of {@code transfer}, with sockets and timers.
 *
 * <p>Start here: {@link dev.lockstep.tftp.internal.channel.TransferHandler} connects one transfer to one channel.
 * {@link dev.lockstep.tftp.internal.channel.BurstEncoder} contains the optimization for throughput.
 *
 * <pre>
 *   socket ─ taps ─ PeerFilter ─ TftpDatagramCodec ─ BurstEncoder ─ TransferHandler ─ ReadAhead / WriteBehind
 *            (trace, (where the                           (of a          │
 *             pcap)   socket is not                        sender)   Sender / Receiver
 *                     connected)
 * </pre>
 */
package dev.lockstep.tftp.internal.channel;
