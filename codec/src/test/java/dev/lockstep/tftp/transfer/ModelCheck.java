package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.negotiation.KnownOption;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Joins a {@link Sender} and a {@link Receiver} and runs each schedule with at most a given number of faults. A run
 * follows a path of choices: choice 0 is the regular course, all others are faults. The next run replays the path with
 * its last choice changed. A run depends on its path only, so that the path reproduces a violation.
 */
final class ModelCheck {
    static final int BLKSIZE = 8;

    private static final long DELAY = Duration.ofMillis(1).toNanos();
    /** Longer than any timeout of a transfer with few faults, and much shorter than the idle timeout. */
    private static final long LATE = Duration.ofSeconds(10).toNanos();

    private static final Duration DALLY = Duration.ofHours(1);
    private static final TransferLimits LONG_TIMEOUTS =
            TransferLimits.DEFAULT.withTimes(Duration.ZERO, DALLY.dividedBy(2), DALLY);

    /** The possible deliveries of a datagram. */
    private enum Delivery {
        ARRIVES,
        DROPPED,
        DUPLICATED,
        DUPLICATED_AND_LATE,
        REORDERED,
        LATE
    }

    private static final Delivery[] DELIVERIES = Delivery.values();

    /**
     * The parameters of a transfer.
     *
     * @param oack whether the server sends an OACK first
     * @param timeout the negotiated timeout in seconds; 0 for an adaptive one
     * @param before blocks acknowledged before the run begins; if it is not 0, there is no opening message
     * @param rollover the number that follows 65535; a receiver in lock-step has to detect it
     */
    record Plan(boolean read, boolean oack, int size, int windowsize, int timeout, int before, int rollover) {
        /** Returns the constructor call for a test. */
        @Override
        public String toString() {
            return "new Plan(" + read + ", " + oack + ", " + size + ", " + windowsize + ", " + timeout + ", " + before
                    + ", " + rollover + ")";
        }
    }

    /** The choices of a run. */
    private static final class Path {
        private final int faults;
        private int[] taken = new int[256];
        private int[] options = new int[256];
        private int length;
        private int position;
        private int spent;

        Path(int faults) {
            this.faults = faults;
        }

        int choose(int among) {
            if (spent == faults) {
                return 0;
            }
            if (position == length) {
                if (length == taken.length) {
                    taken = Arrays.copyOf(taken, 2 * length);
                    options = Arrays.copyOf(options, 2 * length);
                }
                taken[length] = 0;
                options[length++] = among;
            }
            int choice = taken[position++];
            spent += choice > 0 ? 1 : 0;
            return choice;
        }

        /** Advances to the next path. Returns false after the last one. */
        boolean advance() {
            while (length > 0 && taken[length - 1] + 1 == options[length - 1]) {
                length--;
            }
            if (length == 0) {
                return false;
            }
            taken[length - 1]++;
            position = 0;
            spent = 0;
            return true;
        }

        /** Returns the choices up to the last fault. The regular course follows. */
        int[] choices() {
            int end = position;
            while (end > 0 && taken[end - 1] == 0) {
                end--;
            }
            return Arrays.copyOf(taken, end);
        }
    }

    private record Event(long time, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(time, other.time);
            return byTime == 0 ? Long.compare(order, other.order) : byTime;
        }
    }

    private final Plan plan;
    private final Path path;
    private final UnpooledByteBufAllocator allocator;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    /** Datagrams that arrive after the next timeout of either end. */
    private final List<Runnable> late = new ArrayList<>();

    private final File file = new File();
    private final End sending = new End();
    private final End receiving = new End();
    private final End server;
    private final End client;
    private long now;
    private long order;
    private String violation;

    private ModelCheck(Plan plan, Path path, UnpooledByteBufAllocator allocator) {
        this.plan = plan;
        this.path = path;
        this.allocator = allocator;
        sending.other = receiving;
        receiving.other = sending;
        server = plan.read ? sending : receiving;
        client = server.other;
    }

    /**
     * Runs each schedule with at most the given number of faults.
     *
     * @return the number of schedules
     */
    static long explore(Plan plan, int faults) {
        Path path = new Path(faults);
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
        long schedules = 0;
        do {
            run(plan, path, allocator);
            schedules++;
        } while (path.advance());
        return schedules;
    }

    /** Runs the schedule that a violation has printed. */
    static void replay(Plan plan, int... choices) {
        Path path = new Path(Math.toIntExact(
                Arrays.stream(choices).filter(choice -> choice > 0).count()));
        path.taken = choices;
        path.length = choices.length;
        run(plan, path, new UnpooledByteBufAllocator(false, true));
    }

    private static void run(Plan plan, Path path, UnpooledByteBufAllocator allocator) {
        String violation;
        Throwable thrown = null;
        try {
            violation = new ModelCheck(plan, path, allocator).run();
        } catch (RuntimeException | AssertionError e) {
            thrown = e;
            violation = e.toString();
        }
        if (violation != null) {
            String choices = Arrays.toString(path.choices()).replaceAll("[\\[\\]]", "");
            throw new AssertionError(violation + ": ModelCheck.replay(" + plan + ", " + choices + ")", thrown);
        }
    }

    private void check(boolean holds, String message) {
        if (!holds && violation == null) {
            violation = message;
        }
    }

    private void at(long time, Runnable action) {
        events.add(new Event(time, order++, action));
    }

    private String run() {
        if (plan.before > 0) {
            begin(sending, null);
            begin(receiving, null);
        } else {
            OptionAck oack = plan.oack ? new OptionAck(Options.NONE.with(KnownOption.BLKSIZE.with(BLKSIZE))) : null;
            begin(server, plan.read || plan.oack ? oack : new Ack(0));
            Runnable repeated = () -> server.act(() -> server.machine.onRequestRepeated(now));
            int copy = path.choose(3);
            if (copy == 1) {
                at(DELAY, repeated);
            } else if (copy == 2) {
                late.add(repeated);
            }
            at(Duration.ofSeconds(1).toNanos(), this::repeatRequest);
        }
        while (violation == null && !(events.isEmpty() && late.isEmpty())) {
            if (events.isEmpty()) {
                releaseLate();
            }
            Event next = events.remove();
            now = next.time;
            next.action.run();
            check(sending.acknowledged() <= file.stored, "more acknowledged than received");
            check(file.stored <= file.read, "more received than sent");
        }
        check(sending.closed && receiving.closed, "an end waits for nothing");
        Outcome right = file.failed ? Outcome.FAILED : Outcome.COMPLETE;
        boolean isLeftAlone = sending.outlasted && plan.timeout > 0; // the peer dallies only briefly then
        check(sending.outcome == right || isLeftAlone, "sender: " + sending.outcome);
        check(receiving.outcome == right, "receiver: " + receiving.outcome);
        check(allocator.metric().usedHeapMemory() == 0, "buffers were not released");
        return violation;
    }

    private void repeatRequest() {
        if (client.machine == null) {
            at(now + DELAY, () -> server.act(() -> server.machine.onRequestRepeated(now)));
            at(now + Duration.ofSeconds(1).toNanos(), this::repeatRequest);
            releaseLate();
        }
    }

    private void releaseLate() {
        late.forEach(arrival -> at(now + DELAY, arrival));
        late.clear();
    }

    private void begin(End end, TftpMessage opening) {
        int rollover = end == receiving && plan.windowsize == 1 ? 0 : plan.rollover;
        Duration timeout = Duration.ofSeconds(plan.timeout);
        TransferSettings settings = TransferSettings.builder()
                .blksize(BLKSIZE)
                .windowsize(plan.windowsize)
                .timeout(timeout)
                .rollover(rollover)
                .build();
        RetransmissionTimer timer = new RetransmissionTimer(timeout, new SplittableRandom(1));
        end.machine = end == sending
                ? new Sender(end, settings, LONG_TIMEOUTS, timer, (OptionAck) opening, file, now)
                : new Receiver(end, settings, LONG_TIMEOUTS, timer, opening, file, now);
        if (plan.before > 0) {
            for (String counter : end == sending ? List.of("acked", "sent") : List.of("acked", "received")) {
                set(end.machine, counter, plan.before);
            }
            if (end == sending) {
                set(end.machine, "next", plan.before + 1);
            }
        }
        end.act(() -> end.machine.start(now));
    }

    /**
     * Sets a counter of a state machine to just before the rollover. Sending 65,533 blocks for each schedule would take
     * days.
     */
    private static void set(Transfer machine, String counter, long value) {
        try {
            Field field = machine.getClass().getDeclaredField(counter);
            field.setAccessible(true);
            field.setLong(machine, value);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** A side of the link: a state machine once it has started, and the effects it requested. */
    private final class End implements Wire {
        private End other;
        private Transfer machine;
        private TftpMessage heldBack;
        private long deadline = NEVER;
        private boolean moved;
        private int timers;
        private int dataSent;
        private Outcome outcome;
        /** Set if the other side had closed before this side had its result. */
        private boolean outlasted;

        private boolean closed;

        /** Returns the number of acknowledged blocks, as known to the sender. */
        private long acknowledged() {
            return machine == null ? 0 : machine.stats().blocks() - plan.before;
        }

        /** Calls the state machine, and then sets its timer. */
        private void act(Runnable call) {
            call.run();
            if (moved && deadline != NEVER) {
                int timer = ++timers;
                // early: before the peer has received a datagram, or while its reply is in flight
                int early = outcome != null ? 0 : path.choose(3);
                at(early == 0 ? deadline : now + (early == 1 ? DELAY / 8 : DELAY * 3 / 2), () -> {
                    if (timer == timers) {
                        deadline = NEVER;
                        act(() -> machine.onDeadline(now));
                        releaseLate();
                    }
                });
            } else if (moved) {
                timers++;
            }
            moved = false;
        }

        @Override
        public void send(TftpMessage message) {
            check(!closed, "sent after the end");
            if (message instanceof Ack ack) {
                long blocks = BlockNumber.distance(plan.before, ack.block(), plan.rollover);
                check(blocks <= file.stored, "acknowledged before it was received");
                check(blocks < file.blocks() || file.durable, "last block acknowledged before it was durable");
                check(blocks <= file.acknowledged || file.durable || !file.full, "acknowledged without room");
                file.acknowledged = Math.max(file.acknowledged, blocks);
            }
            dataSent += message instanceof Data ? 1 : 0;
            TftpMessage before = heldBack;
            heldBack = null;
            switch (DELIVERIES[path.choose(DELIVERIES.length)]) {
                case ARRIVES -> at(now + DELAY, arrival(message));
                case DROPPED -> {}
                case DUPLICATED -> {
                    at(now + DELAY, arrival(message));
                    at(now + DELAY, arrival(message));
                }
                case DUPLICATED_AND_LATE -> {
                    at(now + DELAY, arrival(message));
                    late.add(arrival(message));
                }
                case LATE -> late.add(arrival(message));
                default -> { // REORDERED
                    TftpMessage copy = copyOf(message);
                    heldBack = copy;
                    at(now + 3 * DELAY, () -> {
                        if (heldBack == copy) {
                            heldBack = null;
                            other.arrive(copy);
                        }
                    });
                }
            }
            if (before != null) {
                at(now + DELAY, () -> other.arrive(before));
            }
            release(message);
        }

        private TftpMessage copyOf(TftpMessage message) {
            return message instanceof Data data ? data.copy() : message;
        }

        private Runnable arrival(TftpMessage message) {
            TftpMessage copy = copyOf(message);
            return () -> other.arrive(copy);
        }

        private void arrive(TftpMessage message) {
            if (machine == null) {
                boolean granted = message instanceof OptionAck;
                boolean first = message instanceof Data data && data.block() == 1
                        || message instanceof Ack ack && ack.block() == 0;
                if (granted || first) {
                    begin(this, granted && plan.read ? new Ack(0) : null);
                }
                if (!first || !plan.read) {
                    release(message);
                    return;
                }
            }
            long blocks = acknowledged();
            boolean progressed = machine.hasProgressed();
            int before = dataSent;
            act(() -> machine.receive(message, now));
            boolean repeated =
                    message instanceof Ack && blocks == acknowledged() && progressed == machine.hasProgressed();
            check(!repeated || before == dataSent, "a repeated ACK caused DATA");
        }

        @Override
        public void awaitReply(long moment) {
            deadline = moment;
            moved = true;
        }

        @Override
        public void finish(Outcome result, TftpException cause) {
            check(outcome == null, "finished twice");
            check(result != Outcome.COMPLETE || file.durable, "complete before it was durable");
            outcome = result;
            outlasted = other.closed;
        }

        @Override
        public void close() {
            check(outcome != null && !closed, "closed twice or without a result");
            closed = true;
        }
    }

    private static void release(TftpMessage message) {
        if (message instanceof Data data) {
            data.release();
        }
    }

    /** Both sides of the file: the blocks to send, and the sink that stores them. */
    private final class File implements BlockSource, BlockSink {
        private int read;
        private boolean starved;
        private int stored;
        private boolean full;
        /** The number of blocks acknowledged so far; another window may follow them. */
        private long acknowledged;

        private boolean durable;
        private boolean failed;

        private int blocks() {
            return plan.size / BLKSIZE + 1;
        }

        private byte contentAt(int position) {
            return (byte) (position + 1);
        }

        @Override
        public ByteBuf poll() {
            check(read < blocks(), "polled after the last block");
            int wait = starved ? 0 : path.choose(3);
            if (wait > 0) {
                starved = true;
                at(now + (wait == 1 ? DELAY / 4 : LATE), () -> {
                    starved = false;
                    sending.act(() -> sending.machine.resume(now));
                });
            }
            if (starved) {
                return null;
            }
            int from = read++ * BLKSIZE;
            int length = Math.min(BLKSIZE, plan.size - from);
            ByteBuf block = allocator.heapBuffer(length, length);
            for (int i = 0; i < length; i++) {
                block.writeByte(contentAt(from + i));
            }
            return block;
        }

        @Override
        public void offer(ByteBuf block) {
            int from = stored++ * BLKSIZE;
            boolean same = block.readableBytes() == Math.min(BLKSIZE, plan.size - from);
            for (int i = 0; same && i < block.readableBytes(); i++) {
                same = block.getByte(block.readerIndex() + i) == contentAt(from + i);
            }
            check(same, "received what is not the next block");
        }

        @Override
        public boolean requestRoom() {
            int wait = full ? 0 : path.choose(3);
            if (wait > 0) {
                full = true;
                at(now + (wait == 1 ? DELAY / 4 : LATE), () -> {
                    full = false;
                    receiving.act(() -> receiving.machine.resume(now));
                });
            }
            return !full;
        }

        @Override
        public void commit() {
            check(stored == blocks(), "committed before all was received");
            Receiver receiver = (Receiver) receiving.machine;
            Runnable succeeds = () -> receiving.act(() -> {
                durable = true;
                receiver.stored(now);
            });
            Runnable fails = () -> receiving.act(() -> {
                failed = true;
                receiver.storeFailed(new TftpException(ErrorCode.DISK_FULL, "disk full"), now);
            });
            switch (path.choose(5)) {
                case 0 -> at(now + DELAY / 2, succeeds);
                case 1 -> {
                    durable = true; // as in memory
                    receiver.stored(now);
                }
                case 2 -> at(now + LATE, succeeds);
                case 3 -> at(now + DELAY / 2, fails);
                default -> at(now + LATE, fails);
            }
        }
    }
}
