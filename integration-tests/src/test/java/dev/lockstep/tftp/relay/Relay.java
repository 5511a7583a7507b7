package dev.lockstep.tftp.relay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Stands between clients and one server and treats what passes as the weather says, in both directions. Clients ask
 * it in the server's place. The fates of the n-th datagrams of the n-th client are the same for the same seed.
 *
 * <pre>{@code
 * try (Relay relay = Relay.to(server).weather(NetworkImpairment.CLASSIC).seed(7).start()) {
 *     ... a client asks relay.address() ...
 * }
 * }</pre>
 */
public final class Relay implements AutoCloseable {
    private static final int SOCKET_BUFFER = 4 << 20;
    private static final long FORGOTTEN = Duration.ofMinutes(1).toNanos();

    /** What is done with a datagram that came. */
    interface Arrival {
        void take(byte[] datagram, InetSocketAddress from, long now) throws IOException;
    }

    private final RelaySettings settings;
    private final Selector selector;
    private final DatagramChannel listener;
    private final SplittableRandom seeds;
    private final EventQueue agenda = new EventQueue();
    private final DatagramCounter upTally = new DatagramCounter();
    private final DatagramCounter downTally = new DatagramCounter();
    private final Map<InetSocketAddress, RelaySession> passages = new HashMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(65536);
    private final Thread thread = new Thread(this::run, "relay");
    private long passing;
    private boolean wasDark;
    private long lightAgain = System.nanoTime();

    Relay(RelaySettings settings) throws IOException {
        this.settings = settings;
        this.seeds = new SplittableRandom(settings.seed());
        this.selector = Selector.open();
        this.listener = open(settings.listen(), this::fromClient);
        thread.setDaemon(true);
        thread.start();
    }

    /** A relay to be, to the server that takes requests there. */
    public static RelaySettings to(InetSocketAddress server) {
        return RelaySettings.to(server);
    }

    /** Where clients send their requests. */
    public InetSocketAddress address() {
        try {
            return (InetSocketAddress) listener.getLocalAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What happened on the way to the server; exact after {@link #close}. */
    public DatagramCounter upTally() {
        return upTally;
    }

    /** What happened on the way to the clients; exact after {@link #close}. */
    public DatagramCounter downTally() {
        return downTally;
    }

    /** Returns when it is closed, by another thread. */
    public void awaitEnd() throws InterruptedException {
        thread.join();
    }

    @Override
    public void close() {
        try {
            selector.close();
            thread.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    InetSocketAddress server() {
        return settings.server();
    }

    DatagramChannel listener() {
        return listener;
    }

    /** A free port at the address clients know. */
    InetSocketAddress besideListener() {
        return new InetSocketAddress(settings.listen().getAddress(), 0);
    }

    DatagramChannel open(InetSocketAddress at, Arrival arrival) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
        channel.configureBlocking(false);
        channel.bind(at);
        channel.register(selector, SelectionKey.OP_READ, arrival);
        return channel;
    }

    /** Whether anything passes now; counts what doesn't. */
    boolean passes(long now, DatagramCounter tally) {
        Blackout blackout = settings.blackout();
        if (!wasDark && blackout.after() >= 0 && passing++ >= blackout.after()) {
            wasDark = true;
            lightAgain = now + blackout.length().toNanos();
        }
        boolean dark = now - lightAgain < 0;
        if (dark) {
            tally.came++;
            tally.inTheDark++;
        }
        return !dark;
    }

    void send(byte[] datagram, long moment, DatagramChannel through, InetSocketAddress to, DatagramCounter tally) {
        if (moment - System.nanoTime() <= 0) {
            sendNow(datagram, through, to, tally);
        } else {
            agenda.add(moment, () -> sendNow(datagram, through, to, tally));
        }
    }

    void later(long moment, Runnable action) {
        agenda.add(moment, action);
    }

    private static void sendNow(byte[] datagram, DatagramChannel through, InetSocketAddress to, DatagramCounter tally) {
        try {
            if (through.send(ByteBuffer.wrap(datagram), to) > 0 || datagram.length == 0) {
                tally.delivered++;
            }
        } catch (IOException ignored) {
            // a passage that was forgotten meanwhile, or nobody there: lost, as on any network
        }
    }

    private void fromClient(byte[] datagram, InetSocketAddress client, long now) throws IOException {
        RelaySession passage = passages.get(client);
        if (passage == null) {
            forgetTheIdle(now);
            Impairment up = new Impairment(settings.up(), seeds.nextLong(), upTally);
            Impairment down = new Impairment(settings.down(), seeds.nextLong(), downTally);
            passage = new RelaySession(this, client, up, down);
            passages.put(client, passage);
        }
        passage.fromClient(datagram, now);
    }

    private void forgetTheIdle(long now) throws IOException {
        for (var each = passages.values().iterator(); each.hasNext(); ) {
            RelaySession passage = each.next();
            if (passage.idle(now) > FORGOTTEN) {
                each.remove();
                passage.close();
            }
        }
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                selector.select(this::arrived, agenda.millisToNext(System.nanoTime()));
                agenda.run(System.nanoTime());
            }
        } catch (ClosedSelectorException closed) {
            // as it should be
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            closeAll();
        }
    }

    private void arrived(SelectionKey key) {
        DatagramChannel channel = (DatagramChannel) key.channel();
        try {
            while (true) {
                buffer.clear();
                InetSocketAddress from = (InetSocketAddress) channel.receive(buffer);
                if (from == null) {
                    return;
                }
                buffer.flip();
                byte[] datagram = new byte[buffer.remaining()];
                buffer.get(datagram);
                ((Arrival) key.attachment()).take(datagram, from, System.nanoTime());
            }
        } catch (ClosedChannelException ignored) {
            // forgotten while it was read
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void closeAll() {
        try {
            listener.close();
            for (RelaySession passage : passages.values()) {
                passage.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address of this machine that stands in for that of a server there. */
    static InetAddress standInFor(InetSocketAddress server) {
        return server.getAddress().isLoopbackAddress()
                ? server.getAddress()
                : new InetSocketAddress("0.0.0.0", 0).getAddress();
    }
}
