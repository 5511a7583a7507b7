package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * A sender and a receiver joined by a network with impairment, under virtual time. The client's state machine starts
 * with the first reply, and its request is retransmitted until then.
 */
final class BadLink {
    private static final long LONGEST = Duration.ofHours(10).toNanos();
    private static final TransferLimits LONG_TIMEOUTS =
            TransferLimits.DEFAULT.withTimes(Duration.ZERO, Duration.ofMinutes(30), Duration.ofSeconds(11));

    /** The longest time in nanoseconds for which a datagram is held until the next one overtakes it. */
    private static final long LONGEST_SWAP = Duration.ofMillis(10).toNanos();

    /**
     * The impairment of the network. Probabilities are 0 to 1, times are in nanoseconds.
     *
     * @param reordering probability that a datagram arrives at once, before all datagrams in flight
     * @param swapping probability that a datagram arrives right after the next one of its direction
     */
    record Conditions(double loss, double duplication, double reordering, double swapping, long delay, long jitter) {}

    /** The delay of one direction as a function of time. Datagrams stay in order. */
    @FunctionalInterface
    interface Delay {
        /** Returns the nanoseconds that a datagram sent at {@code now} takes. */
        long at(long now);
    }

    /** The parameters of a transfer. */
    record Plan(boolean read, boolean oack, int blksize, int windowsize, int size, Conditions conditions) {}

    private record Event(long time, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(time, other.time);
            return byTime == 0 ? Long.compare(order, other.order) : byTime;
        }
    }

    private final Plan plan;
    private final SplittableRandom random;
    /** A separate random stream, so that swapping does not change the other random decisions. */
    private final SplittableRandom swaps;

    private final byte[] content;
    private final TransferSettings settings;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final End server = new End();
    private final End client = new End();
    final ByteStore stored = new ByteStore();
    private long now;
    private long order;
    private boolean requestRepeated;
    long datagrams;
    /** DATA datagrams sent, retransmissions included. */
    long dataSent;
    /** Replaces the constant delay of the plan, from the sender of the file to its receiver, if it is set. */
    Delay delayOfData;
    /** Replaces the constant delay of the plan in the other direction, if it is set. */
    Delay delayOfReplies;
    /** The DATA datagram of this number, counted from 1, arrives after the one sent next. */
    long lateData;
    /** The time at which the second side has finished; 0 before that. */
    long endedAt;

    BadLink(Plan plan, long seed) {
        this.plan = plan;
        this.random = new SplittableRandom(seed);
        this.swaps = new SplittableRandom(~seed);
        this.content = new byte[plan.size];
        random.nextBytes(content);
        this.settings = TransferSettings.builder()
                .blksize(plan.blksize)
                .windowsize(plan.windowsize)
                .tsize(plan.size)
                .build();
    }

    /** A side of the link: a state machine once it has started, and the effects it requested. */
    private final class End implements Wire {
        private End other;
        private Transfer machine;
        private Runnable heldBack;
        private long deadline = NEVER;
        private Outcome outcome;
        private boolean closed;
        private long lastArrival;

        @Override
        public void send(TftpMessage message) {
            datagrams++;
            dataSent += message instanceof Data ? 1 : 0;
            if (random.nextDouble() >= plan.conditions.loss) {
                deliver(message);
            }
            if (random.nextDouble() < plan.conditions.duplication) {
                deliver(message);
            }
            if (message instanceof Data data) {
                data.release();
            }
        }

        private void deliver(TftpMessage message) {
            boolean overtakes = random.nextDouble() < plan.conditions.reordering;
            long delay = overtakes ? 0 : plan.conditions.delay + (long) (random.nextDouble() * plan.conditions.jitter);
            Delay timed = message instanceof Data ? delayOfData : delayOfReplies;
            if (timed != null) {
                lastArrival = Math.max(lastArrival + 10_000, now + timed.at(now)); // not two at one instant
                delay = lastArrival - now;
            }
            TftpMessage copy = message instanceof Data data ? data.copy() : message;
            Runnable arrival = () -> other.arrive(copy);
            Runnable before = heldBack;
            boolean late =
                    message instanceof Data && dataSent == lateData || swaps.nextDouble() < plan.conditions.swapping;
            if (before == null && late) {
                heldBack = arrival;
                at(now + delay + LONGEST_SWAP, () -> {
                    if (heldBack == arrival) {
                        heldBack = null;
                        arrival.run();
                    }
                });
                return;
            }
            at(now + delay, arrival);
            if (before != null) {
                heldBack = null;
                at(now + delay, before);
            }
        }

        private void arrive(TftpMessage message) {
            if (machine == null && !begin(message)) {
                if (message instanceof Data data) {
                    data.release();
                }
                return;
            }
            machine.receive(message, now);
        }

        /**
         * Starts the client's state machine with the first reply. Returns false for a message that is not a first
         * reply, which is dropped.
         */
        private boolean begin(TftpMessage message) {
            boolean granted = message instanceof OptionAck;
            boolean plain = plan.read
                    ? message instanceof Data data && data.block() == 1
                    : message instanceof Ack ack && ack.block() == 0;
            if (!granted && !plain) {
                return false;
            }
            machine = plan.read ? receiver(this, granted ? new Ack(0) : null) : sender(this, null);
            machine.start(now);
            return plain && plan.read;
        }

        @Override
        public void awaitReply(long moment) {
            deadline = moment;
            if (moment != NEVER) {
                at(moment, () -> {
                    if (deadline == moment) {
                        deadline = NEVER;
                        machine.onDeadline(now);
                    }
                });
            }
        }

        @Override
        public void finish(Outcome result, TftpException cause) {
            outcome = result;
            if (other.outcome != null) {
                endedAt = now;
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private void at(long time, Runnable action) {
        events.add(new Event(time, order++, action));
    }

    private Sender sender(Wire wire, OptionAck oack) {
        return new Sender(wire, settings, LONG_TIMEOUTS, timer(), oack, new ByteSupply(content, plan.blksize), now);
    }

    private Receiver receiver(Wire wire, TftpMessage opening) {
        ByteStore store = stored;
        Receiver[] made = new Receiver[1];
        BlockSink durableSoon = new BlockSink() {
            @Override
            public void offer(io.netty.buffer.ByteBuf block) {
                store.offer(block);
            }

            @Override
            public boolean hasRoom() {
                return true;
            }

            @Override
            public void commit() {
                at(now + 1_000_000, () -> made[0].stored(now));
            }
        };
        made[0] = new Receiver(wire, settings, LONG_TIMEOUTS, timer(), opening, durableSoon, now);
        return made[0];
    }

    private RetransmissionTimer timer() {
        RetransmissionTimer timer = new RetransmissionTimer(Duration.ZERO, random.split());
        if (now > 0 && !requestRepeated) {
            timer.measured(now); // the client has measured the RTT of its request
        }
        return timer;
    }

    private void repeatRequest() {
        if (client.machine == null) {
            requestRepeated = true;
            if (random.nextDouble() >= plan.conditions.loss) {
                server.machine.onRequestRepeated(now);
            }
            at(now + Duration.ofSeconds(1).toNanos(), this::repeatRequest);
        }
    }

    /** Runs the transfer to its end. Returns a description of the failure, or null if there is none. */
    String run() {
        server.other = client;
        client.other = server;
        OptionAck oack = plan.oack ? new OptionAck(Options.NONE.with("blksize", plan.blksize)) : null;
        server.machine = plan.read ? sender(server, oack) : receiver(server, oack == null ? new Ack(0) : oack);
        server.machine.start(now);
        at(Duration.ofSeconds(1).toNanos(), this::repeatRequest);
        while (!events.isEmpty() && now < LONGEST && !(server.closed && client.closed)) {
            Event next = events.remove();
            now = next.time;
            next.action.run();
        }
        drain();
        return failure();
    }

    /** Delivers the datagrams that are in flight after both sides have closed, to release their buffers. */
    private void drain() {
        while (!events.isEmpty() && server.closed && client.closed) {
            events.remove().action.run();
        }
    }

    private String failure() {
        End sender = plan.read ? server : client;
        Outcome received = sender.other.outcome;
        if (received != Outcome.COMPLETE) {
            return "receiver: " + received;
        }
        if (sender.outcome != Outcome.COMPLETE && sender.outcome != Outcome.UNCONFIRMED) {
            return "sender: " + sender.outcome;
        }
        if (!java.util.Arrays.equals(stored.content(), content)) {
            return "content differs";
        }
        return server.closed && client.closed ? null : "an end stays open";
    }
}
