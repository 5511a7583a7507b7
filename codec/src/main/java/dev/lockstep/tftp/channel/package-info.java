/**
 * A transfer on a Netty channel: the machines of {@code transfer} meet sockets, timers, threads and files.
 *
 * <p>Start here: {@link dev.lockstep.tftp.channel.TransferHandler} ties one transfer to one channel;
 * {@link dev.lockstep.tftp.channel.ReadAhead} and {@link dev.lockstep.tftp.channel.WriteBehind} are where blocking
 * files meet the event loop; {@link dev.lockstep.tftp.channel.BurstEncoder} and
 * {@link dev.lockstep.tftp.channel.Transport} are where speed comes from.
 *
 * <pre>
 *   socket ─ taps ─ PeerFilter ─ TftpDatagramCodec ─ BurstEncoder ─ TransferHandler ─ ReadAhead / WriteBehind
 *            (trace, (where the                           (of a          │
 *             pcap)   socket is not                        sender)   Sender / Receiver
 *                     connected)
 * </pre>
 */
package dev.lockstep.tftp.channel;
