package dev.lockstep.tftp.client;

import dev.lockstep.tftp.client.internal.connect.HostResolver;
import dev.lockstep.tftp.client.internal.connect.OptionPreferences;
import dev.lockstep.tftp.event.PacketTap;
import dev.lockstep.tftp.event.TransferListener;
import dev.lockstep.tftp.internal.transport.Transport;
import dev.lockstep.tftp.negotiation.TransferLimits;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A builder of clients. Each method replaces or adds one setting and returns this builder. */
public final class TftpClientBuilder {
    /**
     * The default block size in bytes. A DATA with it fits into an Ethernet frame with the headers of IPv6 and of a
     * tunnel.
     */
    public static final int BLKSIZE = 1428;
    /**
     * The default window size in blocks. With blocks of {@link #BLKSIZE} a window is smaller than the default buffer of
     * a socket.
     */
    public static final int WINDOWSIZE = 64;

    final List<TransferListener> listeners = new ArrayList<>();
    final List<PacketTap> taps = new ArrayList<>();
    private int blksize = BLKSIZE;
    private int windowsize = WINDOWSIZE;
    private int timeoutSeconds;
    private boolean options = true;
    private boolean size = true;
    /**
     * The timeout for the first block. It is longer than an outage of ten seconds, and longer than most servers dally
     * to repeat the ACK of a small file.
     */
    private static final Duration FIRST_BLOCK = Duration.ofSeconds(12);

    TransferLimits limits =
            TransferLimits.DEFAULT.withFirstBlockTimeout(FIRST_BLOCK).withExactSize(true);
    long bufferMemory = Runtime.getRuntime().maxMemory() / 4;
    int eventLoops = 1;
    LocalPorts localPorts = LocalPorts.ANY;
    Duration quietTime = Duration.ZERO;
    Duration connectTimeout;
    StandardProtocolFamily family;
    HostResolver.Lookup lookup = InetAddress::getAllByName;

    TftpClientBuilder() {}

    /**
     * Sets the block size to request.
     *
     * @param bytes 8 to 65464 bytes; 512 is not requested
     * @return this
     */
    public TftpClientBuilder blksize(int bytes) {
        blksize = bytes;
        return this;
    }

    /**
     * Sets the window size to request.
     *
     * @param blocks 1 to 32767 blocks; 1 is not requested
     * @return this
     */
    public TftpClientBuilder windowsize(int blocks) {
        windowsize = blocks;
        return this;
    }

    /**
     * Sets the timeout to request.
     *
     * @param seconds 1 to 255 seconds; 0 requests none
     * @return this
     */
    public TftpClientBuilder timeout(int seconds) {
        timeoutSeconds = seconds;
        return this;
    }

    /**
     * Sets whether any option is requested. Without options a transfer follows RFC 1350 alone.
     *
     * @param asked whether options are requested
     * @return this
     */
    public TftpClientBuilder options(boolean asked) {
        options = asked;
        return this;
    }

    /**
     * Sets whether the tsize option is requested, to learn the size of a file or to announce it.
     *
     * @param asked whether the option is requested
     * @return this
     */
    public TftpClientBuilder size(boolean asked) {
        size = asked;
        return this;
    }

    /**
     * Sets the timeouts of a transfer, and whether the size of a file must match the announced one.
     *
     * @param all the limits
     * @return this
     */
    public TftpClientBuilder limits(TransferLimits all) {
        limits = all;
        return this;
    }

    /**
     * Sets how long to wait for the first reply of a server. If its name has several addresses, they are tried one after
     * another, in the order of the resolver, and share this time: the next one when an address is unreachable, or has not
     * answered for half of the time that is left or 5 s.
     *
     * @param time more than zero; by default the idle timeout of {@link #limits}
     * @return this
     */
    public TftpClientBuilder connectTimeout(Duration time) {
        connectTimeout = time;
        return this;
    }

    /**
     * Restricts the addresses of servers to one family.
     *
     * @param only {@link StandardProtocolFamily#INET} or {@link StandardProtocolFamily#INET6}; null, the default, for
     *     both
     * @return this
     */
    public TftpClientBuilder addressFamily(StandardProtocolFamily only) {
        family = only;
        return this;
    }

    /**
     * Sets the limit of the memory for file content of all transfers together.
     *
     * @param bytes the limit in bytes
     * @return this
     */
    public TftpClientBuilder bufferMemory(long bytes) {
        bufferMemory = bytes;
        return this;
    }

    /**
     * Sets the number of event loops, each with one thread.
     *
     * @param threads at least 1
     * @return this
     */
    public TftpClientBuilder eventLoops(int threads) {
        eventLoops = threads;
        return this;
    }

    /**
     * Sets the local ports of transfers.
     *
     * @param ports the ports
     * @return this
     */
    public TftpClientBuilder localPorts(LocalPorts ports) {
        localPorts = ports;
        return this;
    }

    /**
     * Reuses each socket for one transfer after another, from the same port. Intended for thousands of small transfers
     * a second. With a tap, which observes one transfer for each channel, sockets are not reused.
     *
     * @param quietTime time for which a socket stays unused between two transfers; zero, the default, opens a socket
     *     for each transfer
     * @return this
     */
    public TftpClientBuilder reuseSockets(Duration quietTime) {
        this.quietTime = quietTime;
        return this;
    }

    /**
     * Adds a listener of all transfers.
     *
     * @param listener the listener
     * @return this
     */
    public TftpClientBuilder listener(TransferListener listener) {
        listeners.add(listener);
        return this;
    }

    /**
     * Adds a tap, which observes all datagrams. The client takes it over and closes it. With a tap, bursts are sent as
     * single datagrams.
     *
     * @param tap the tap
     * @return this
     */
    public TftpClientBuilder tap(PacketTap tap) {
        taps.add(tap);
        return this;
    }

    /**
     * Returns a new client.
     *
     * @return the client
     * @throws IllegalArgumentException for an invalid setting; the message contains its value and what was expected
     */
    public TftpClient build() {
        OptionPreferences preferences = preferences(); // before threads are created
        return new TftpClient(this, preferences, Transport.best().newGroup(eventLoops, "tftp"));
    }

    /** Validates the settings, and returns the options to request. */
    OptionPreferences preferences() {
        if (eventLoops < 1) {
            throw new IllegalArgumentException("event loops: " + eventLoops + " (expected: 1 to 2147483647)");
        }
        if (quietTime.isNegative()) {
            throw new IllegalArgumentException("quiet time: " + quietTime.toMillis() + " ms (expected: >= 0 ms)");
        }
        if (connectTimeout != null && (connectTimeout.isNegative() || connectTimeout.isZero())) {
            throw new IllegalArgumentException(
                    "connect timeout: " + connectTimeout.toSeconds() + " s (expected: > 0 s)");
        }
        return new OptionPreferences(blksize, windowsize, timeoutSeconds, options, size);
    }
}
