package dev.lockstep.tftp.relay;

import dev.lockstep.tftp.testing.impairment.DatagramCounter;
import dev.lockstep.tftp.testing.impairment.EventQueue;
import dev.lockstep.tftp.testing.impairment.Impairment;
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
import java.util.function.LongSupplier;

/**
 * Relays datagrams between clients and one server, and impairs them in both directions. Clients send their requests to
 * the relay instead of the server. The same seed gives the same decision for the same datagram of the same client,
 * both counted in the order of their arrival.
 *
 * <pre>{@code
 * try (Relay relay = Relay.to(server).impairment(NetworkImpairment.CLASSIC).seed(7).start()) {
 *     ... a client sends its request to relay.address() ...
 * }
 * }</pre>
 */
public final class Relay implements AutoCloseable {
    private static final int SOCKET_BUFFER = 4 << 20;
    private static final long SESSION_TIMEOUT = Duration.ofMinutes(1).toNanos();

    /** Handles a received datagram. */
    interface Arrival {
        void take(byte[] datagram, InetSocketAddress from, long now) throws IOException;
    }

    private final RelaySettings settings;
    private final Selector selector;
    private final LongSupplier clock;
    private final DatagramChannel listener;
    private final SplittableRandom seeds;
    private final EventQueue events = new EventQueue();
    private final DatagramCounter upCounter = new DatagramCounter();
    private final DatagramCounter downCounter = new DatagramCounter();
    private final Map<InetSocketAddress, RelaySession> sessions = new HashMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(65536);
    private final Thread thread = new Thread(this::run, "relay");
    private long passing;
    private boolean blackoutStarted;
    private long blackoutEnd;

    Relay(RelaySettings settings) throws IOException {
        this(settings, System::nanoTime);
    }

    /** Creates a relay with a clock in nanoseconds, which may be that of a test. */
    Relay(RelaySettings settings, LongSupplier clock) throws IOException {
        this.settings = settings;
        this.clock = clock;
        this.blackoutEnd = clock.getAsLong();
        this.seeds = new SplittableRandom(settings.seed());
        this.selector = Selector.open();
        this.listener = open(settings.listen(), this::fromClient);
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns the settings of a relay to the server that receives requests at this address. */
    public static RelaySettings to(InetSocketAddress server) {
        return RelaySettings.to(server);
    }

    /** Returns the address to which clients send their requests. */
    public InetSocketAddress address() {
        try {
            return (InetSocketAddress) listener.getLocalAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the counter of the datagrams to the server. It is exact after {@link #close}. */
    public DatagramCounter upCounter() {
        return upCounter;
    }

    /** Returns the counter of the datagrams to the clients. It is exact after {@link #close}. */
    public DatagramCounter downCounter() {
        return downCounter;
    }

    /** Waits until another thread has closed the relay. */
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

    /** Returns the address that clients know, with port 0. */
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

    /** Returns whether a datagram passes now. Counts it if it does not. */
    boolean passes(long now, DatagramCounter counter) {
        Blackout blackout = settings.blackout();
        if (!blackoutStarted && blackout.after() >= 0 && passing++ >= blackout.after()) {
            blackoutStarted = true;
            blackoutEnd = now + blackout.length().toNanos();
        }
        boolean blackedOut = now - blackoutEnd < 0;
        if (blackedOut) {
            counter.countBlackedOut();
        }
        return !blackedOut;
    }

    void send(byte[] datagram, long moment, DatagramChannel through, InetSocketAddress to, DatagramCounter counter) {
        if (moment - clock.getAsLong() <= 0) {
            sendNow(datagram, through, to, counter);
        } else {
            events.add(moment, () -> sendNow(datagram, through, to, counter));
        }
    }

    void later(long moment, Runnable action) {
        events.add(moment, action);
    }

    private static void sendNow(
            byte[] datagram, DatagramChannel through, InetSocketAddress to, DatagramCounter counter) {
        try {
            if (through.send(ByteBuffer.wrap(datagram), to) > 0 || datagram.length == 0) {
                counter.countDelivered();
            }
        } catch (IOException ignored) {
            // the session has expired or the port is closed: the datagram is lost, as on any network
        }
    }

    private void fromClient(byte[] datagram, InetSocketAddress client, long now) throws IOException {
        RelaySession session = sessions.get(client);
        if (session == null) {
            closeIdleSessions(now);
            Impairment up = new Impairment(settings.up(), seeds.nextLong(), upCounter);
            Impairment down = new Impairment(settings.down(), seeds.nextLong(), downCounter);
            session = new RelaySession(this, client, up, down);
            sessions.put(client, session);
        }
        session.fromClient(datagram, now);
    }

    private void closeIdleSessions(long now) throws IOException {
        for (var each = sessions.values().iterator(); each.hasNext(); ) {
            RelaySession session = each.next();
            if (session.idle(now) > SESSION_TIMEOUT) {
                each.remove();
                session.close();
            }
        }
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                selector.select(this::arrived, events.millisToNext(clock.getAsLong()));
                events.run(clock.getAsLong());
            }
        } catch (ClosedSelectorException closed) {
            // the relay was closed
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
                ((Arrival) key.attachment()).take(datagram, from, clock.getAsLong());
            }
        } catch (ClosedChannelException ignored) {
            // the session expired during the read
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void closeAll() {
        try {
            listener.close();
            for (RelaySession session : sessions.values()) {
                session.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the local address that clients use instead of the address of this server. */
    static InetAddress standInFor(InetSocketAddress server) {
        return server.getAddress().isLoopbackAddress()
                ? server.getAddress()
                : new InetSocketAddress("0.0.0.0", 0).getAddress();
    }
}
