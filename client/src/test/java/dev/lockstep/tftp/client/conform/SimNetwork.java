package dev.lockstep.tftp.client.conform;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A network in virtual time. Events run while the tester waits, on its thread. */
final class SimNetwork implements Network {
    private static final long LATENCY = TimeUnit.MICROSECONDS.toNanos(500);
    private static final int FIRST_PORT = 40_000;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Map<InetSocketAddress, Host> hosts = new HashMap<>();
    private long now;
    private long count;
    private int lastPort = FIRST_PORT;

    /** Receives the datagrams to an address. */
    interface Host {
        void receive(InetSocketAddress from, byte[] datagram);
    }

    private record Event(long time, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return time == other.time ? Long.compare(order, other.order) : Long.compare(time, other.time);
        }
    }

    void schedule(long delay, Runnable action) {
        events.add(new Event(now + delay, count++, action));
    }

    /** Returns an address with a port that was not used before. */
    InetSocketAddress newAddress(String host) {
        return new InetSocketAddress(host, ++lastPort);
    }

    void listen(InetSocketAddress address, Host host) {
        hosts.put(address, host);
    }

    void send(InetSocketAddress from, InetSocketAddress to, byte[] datagram) {
        schedule(LATENCY, () -> {
            Host host = hosts.get(to);
            if (host != null) {
                host.receive(from, datagram);
            }
        });
    }

    /** Runs events until a condition holds, or for a time. */
    void run(BooleanSupplier until, long nanos) {
        long end = now + nanos;
        while (!until.getAsBoolean()) {
            if (events.isEmpty() || events.peek().time > end) {
                now = end;
                return;
            }
            Event next = events.remove();
            now = next.time;
            next.action.run();
        }
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void sleep(long nanos) {
        run(() -> false, nanos);
    }

    @Override
    public Capture newCapture() {
        return null;
    }

    @Override
    public Endpoint open(Capture capture) {
        InetSocketAddress address = newAddress("10.0.0.2");
        Deque<Received> queue = new ArrayDeque<>();
        listen(address, (from, datagram) -> queue.add(new Received(from, datagram, now)));
        return new Endpoint() {
            @Override
            public InetSocketAddress address() {
                return address;
            }

            @Override
            public void send(InetSocketAddress to, byte[] datagram) {
                SimNetwork.this.send(address, to, datagram);
            }

            @Override
            public Received receive(long nanos) {
                run(() -> !queue.isEmpty(), nanos);
                return queue.poll();
            }

            @Override
            public void close() {
                hosts.remove(address);
            }
        };
    }
}
