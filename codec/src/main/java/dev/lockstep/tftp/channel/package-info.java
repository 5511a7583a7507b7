/**
 * Transfers on Netty channels: the state machines of {@code transfer}, with sockets, timers, threads and files.
 *
 * <p>Start here: {@link dev.lockstep.tftp.channel.TransferHandler} connects one transfer to one channel;
 * {@link dev.lockstep.tftp.channel.ReadAhead} and {@link dev.lockstep.tftp.channel.WriteBehind} connect blocking
 * files to the event loop. {@link dev.lockstep.tftp.channel.BurstEncoder} and
 * {@link dev.lockstep.tftp.channel.Transport} contain the optimizations for throughput.
 *
 * <pre>
 *   socket ─ taps ─ PeerFilter ─ TftpDatagramCodec ─ BurstEncoder ─ TransferHandler ─ ReadAhead / WriteBehind
 *            (trace, (where the                           (of a          │
 *             pcap)   socket is not                        sender)   Sender / Receiver
 *                     connected)
 * </pre>
 */
package dev.lockstep.tftp.channel;
