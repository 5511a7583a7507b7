package dev.lockstep.tftp.client;

import dev.lockstep.tftp.channel.PacketTap;
import dev.lockstep.tftp.transfer.Limits;
import dev.lockstep.tftp.transfer.TransferListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The settings of a client to be made. Each method replaces or adds one setting and returns this. */
public final class TftpClientBuilder {
    /** Fits into an Ethernet frame, with room for IPv6 and a tunnel's header. */
    public static final int BLKSIZE = 1428;
    /** With {@link #BLKSIZE} blocks less than a default socket buffer holds. */
    public static final int WINDOWSIZE = 64;

    private static final long PROGRESS_STEP = 256 * 1024;

    private final List<TransferListener> listeners = new ArrayList<>();
    private final List<PacketTap> taps = new ArrayList<>();
    private int blksize = BLKSIZE;
    private int windowsize = WINDOWSIZE;
    private int timeoutSeconds;
    private boolean options = true;
    private boolean size = true;
    /** Longer than a black-out of ten seconds, and than most servers stay to repeat the ACK of a small file. */
    private static final Duration FIRST_BLOCK = Duration.ofSeconds(12);

    private Limits limits = Limits.DEFAULT.withFirstBlockTimeout(FIRST_BLOCK).withExactSize(true);
    private long bufferMemory = Runtime.getRuntime().maxMemory() / 4;
    private int eventLoops = 1;
    private LocalPorts localPorts = LocalPorts.ANY;
    private Duration quietTime = Duration.ZERO;

    TftpClientBuilder() {}

    /** The block size to ask for, 8 to 65464. */
    public TftpClientBuilder blksize(int octets) {
        blksize = octets;
        return this;
    }

    /** The window to ask for, 1 to 32767 blocks. */
    public TftpClientBuilder windowsize(int blocks) {
        windowsize = blocks;
        return this;
    }

    /** The timeout to ask for, 1 to 255 seconds; 0 asks for none. */
    public TftpClientBuilder timeout(int seconds) {
        timeoutSeconds = seconds;
        return this;
    }

    /** Whether to ask for anything at all; without, a transfer is plain RFC 1350. */
    public TftpClientBuilder options(boolean asked) {
        options = asked;
        return this;
    }

    /** Whether to ask for the size of a file, and to tell it. */
    public TftpClientBuilder size(boolean asked) {
        size = asked;
        return this;
    }

    /** How long a transfer may take, and whether a file must be as long as the server said. */
    public TftpClientBuilder limits(Limits all) {
        limits = all;
        return this;
    }

    /** How many octets of files may be in memory for all transfers together. */
    public TftpClientBuilder bufferMemory(long octets) {
        bufferMemory = octets;
        return this;
    }

    /** How many threads move packets. */
    public TftpClientBuilder eventLoops(int threads) {
        eventLoops = threads;
        return this;
    }

    /** Which ports transfers use. */
    public TftpClientBuilder localPorts(LocalPorts ports) {
        localPorts = ports;
        return this;
    }

    /**
     * Has sockets serve one transfer after another, each from the same port, with that rest between two; zero, the
     * default, opens one for each. For thousands of small transfers a second. With a tap, which looks at one transfer
     * a channel, there is one for each all the same.
     */
    public TftpClientBuilder reuseSockets(Duration rest) {
        quietTime = rest;
        return this;
    }

    /** One more observer of transfers. */
    public TftpClientBuilder listener(TransferListener listener) {
        listeners.add(listener);
        return this;
    }

    /** One more look at the datagrams; taken over. While there is one, bursts leave as single datagrams. */
    public TftpClientBuilder tap(PacketTap tap) {
        taps.add(tap);
        return this;
    }

    /**
     * The client.
     *
     * @throws IllegalArgumentException for a setting that makes no sense, with its value and what was expected
     */
    public TftpClient build() {
        return new TftpClient(new ClientConfig(
                blksize,
                windowsize,
                timeoutSeconds,
                options,
                size,
                limits,
                bufferMemory,
                eventLoops,
                localPorts,
                taps.isEmpty() ? quietTime : Duration.ZERO,
                PROGRESS_STEP,
                TransferListener.all(listeners),
                taps));
    }
}
