package dev.lockstep.tftp.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.ErrorMessage;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.negotiation.KnownOption;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs each state machine alone with each sequence of four messages and events, valid or not. */
class AnySequenceTest {
    private static final int LENGTH = 4;
    private static final int BLKSIZE = 8;
    /** Two full blocks and a short one. */
    private static final int SENT_BLOCKS = 3;

    private static final OptionAck OACK = new OptionAck(Options.NONE.with(KnownOption.BLKSIZE.with(BLKSIZE)));
    private static final TftpException DISK_FULL = new TftpException(ErrorCode.DISK_FULL, "disk full");

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    /** The events by name. The report of a failed sequence contains the names. */
    private final Map<String, Runnable> alphabet = new LinkedHashMap<>();

    private World world;

    /** A state machine, a record of its actions, and both sides of its file. */
    private final class World implements Wire, BlockSource, BlockSink {
        private final int windowsize;
        private Transfer machine;
        private long now;
        private long deadline = NEVER;
        private Outcome outcome;
        private boolean closed;

        private final List<TftpMessage> sent = new ArrayList<>();
        private int read;
        private boolean slow;
        private boolean starved;
        private int stored;
        private boolean complete;
        private boolean full;
        private boolean committing;
        private boolean durable;

        World(int windowsize) {
            this.windowsize = windowsize;
        }

        @Override
        public void send(TftpMessage message) {
            require(!closed, "sent after the end");
            if (message instanceof Data data) {
                long acked = machine.stats().blocks();
                require(data.block() > acked && data.block() <= acked + windowsize, "DATA outside the window");
                expectContent(data.content(), data.block(), data.block() == SENT_BLOCKS);
                data.release();
            } else if (message instanceof Ack ack) {
                require(ack.block() <= stored, "ACK of what was not received");
                require(!complete || durable || ack.block() < stored, "last ACK before it was durable");
            }
            sent.add(message);
        }

        private void expectContent(ByteBuf block, int number, boolean last) {
            require(block.readableBytes() == (last ? 3 : BLKSIZE), "length of a block");
            require(block.getByte(block.readerIndex()) == number, "content of a block");
        }

        @Override
        public void awaitReply(long moment) {
            deadline = moment;
        }

        @Override
        public void finish(Outcome result, TftpException cause) {
            require(outcome == null, "finished twice");
            require(
                    result != Outcome.COMPLETE || machine instanceof Sender || durable,
                    "complete before it was durable");
            outcome = result;
        }

        @Override
        public void close() {
            require(outcome != null && !closed, "closed twice or without a result");
            closed = true;
        }

        @Override
        public ByteBuf poll() {
            starved = slow;
            return slow ? null : block(++read, read == SENT_BLOCKS ? 3 : BLKSIZE);
        }

        @Override
        public void offer(ByteBuf block) {
            complete = block.readableBytes() < BLKSIZE;
            expectContent(block, ++stored, complete);
        }

        @Override
        public boolean requestRoom() {
            return !full;
        }

        @Override
        public void commit() {
            require(complete && !committing, "committed twice or before the end");
            committing = true;
        }

        private void onDeadline() {
            if (deadline != NEVER) {
                now = Math.max(now, deadline);
                deadline = NEVER;
                machine.onDeadline(now);
            }
        }

        /** Checks the invariants. Called after each event. */
        private void check(int repliesAtMost) {
            require(sent.size() <= repliesAtMost, "messages at once");
            boolean waits = starved || full || committing && outcome == null;
            require(closed || deadline != NEVER || waits, "waits for nothing");
            require(!closed || deadline == NEVER, "has a deadline after the end");
        }
    }

    /** Fails if the condition does not hold. Costs little otherwise, because it is called millions of times. */
    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new AssertionError(message);
        }
    }

    private ByteBuf block(int number, int length) {
        ByteBuf block = allocator.heapBuffer(length, length);
        for (int i = 0; i < length; i++) {
            block.writeByte(number);
        }
        return block;
    }

    private void may(String name, Runnable event) {
        alphabet.put(name, event);
    }

    private void mayReceive(String name, TftpMessage message) {
        may(name, () -> world.machine.receive(message, world.now));
    }

    private void mayReceiveData(int number, int length) {
        may(
                "DATA " + number + " (" + length + ")",
                () -> world.machine.receive(new Data(number, block(number, length)), world.now));
    }

    private void mayReceiveAnError(int code) {
        may("ERROR " + code, () -> {
            boolean before = world.machine.isFinished();
            world.machine.receive(new ErrorMessage(code, "no"), world.now);
            require(world.sent.isEmpty(), "an answer to an ERROR");
            require(before || world.closed, "an ERROR is the end");
        });
    }

    private void mayReceiveAnAck(int number) {
        may("ACK " + number, () -> {
            long acked = world.machine.stats().blocks();
            boolean progressed = world.machine.hasProgressed();
            world.machine.receive(new Ack(number), world.now);
            boolean repeated = acked == world.machine.stats().blocks() && progressed == world.machine.hasProgressed();
            require(!repeated || world.sent.isEmpty(), "an answer to a repeated ACK");
        });
    }

    private void mayHappenToAny() {
        mayReceive("OACK", OACK);
        mayReceiveAnError(0);
        mayReceiveAnError(8);
        may("timeout", () -> world.onDeadline());
        may("request repeated", () -> world.machine.onRequestRepeated(world.now));
        may("peer gone", () -> world.machine.peerGone(world.now));
        may("replaced", () -> world.machine.replaced(world.now));
    }

    private interface Start {
        Transfer machine(World world, TransferSettings settings, RetransmissionTimer timer);
    }

    /** In a thread of its own, because each end of a transfer records the stack, and that of a test is a hundred deep. */
    private void runAll(int windowsize, Start start) {
        try {
            CompletableFuture.runAsync(() -> runEach(windowsize, start), task -> new Thread(task).start())
                    .join();
        } catch (CompletionException e) {
            throw new AssertionError(e.getCause().getMessage(), e.getCause());
        }
    }

    private void runEach(int windowsize, Start start) {
        List<String> names = List.copyOf(alphabet.keySet());
        Runnable[] events = alphabet.values().toArray(Runnable[]::new);
        TransferSettings settings = TransferSettings.builder()
                .blksize(BLKSIZE)
                .windowsize(windowsize)
                .build();
        long sequences = Math.round(Math.pow(events.length, LENGTH));
        for (long sequence = 0; sequence < sequences; sequence++) {
            world = new World(windowsize);
            RetransmissionTimer timer = new RetransmissionTimer(Duration.ZERO, new SplittableRandom(1));
            world.machine = start.machine(world, settings, timer);
            try {
                world.machine.start(world.now);
                long rest = sequence;
                for (int i = 0; i < LENGTH; i++) {
                    world.check(windowsize + 1);
                    world.sent.clear();
                    world.now += 1_000_000;
                    events[(int) (rest % events.length)].run();
                    rest /= events.length;
                }
                world.check(windowsize + 1);
                world.machine.replaced(world.now);
                require(world.closed, "still open");
                require(allocator.metric().usedHeapMemory() == 0, "buffers were not released");
            } catch (RuntimeException | AssertionError e) {
                List<String> history = new ArrayList<>();
                long rest = sequence;
                for (int i = 0; i < LENGTH; i++) {
                    history.add(names.get((int) (rest % events.length)));
                    rest /= events.length;
                }
                throw new AssertionError("window " + windowsize + ", " + history, e);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, false", "1, true", "3, false", "3, true"})
    void a_sender_handles_each_sequence(int windowsize, boolean oack) {
        mayHappenToAny();
        for (int number : new int[] {0, 1, 2, 3, 4, 65_535}) {
            mayReceiveAnAck(number);
        }
        mayReceiveData(1, BLKSIZE);
        may("supply is slow", () -> world.slow = true);
        may("supply is ready", () -> {
            world.slow = false;
            world.starved = false;
            world.machine.resume(world.now);
        });
        runAll(
                windowsize,
                (wire, settings, timer) ->
                        new Sender(wire, settings, TransferLimits.DEFAULT, timer, oack ? OACK : null, wire, 0));
    }

    @ParameterizedTest
    @CsvSource({"1, ACK", "1, OACK", "3, ACK", "3, none"})
    void a_receiver_handles_each_sequence(int windowsize, String opening) {
        TftpMessage first = opening.equals("none") ? null : opening.equals("ACK") ? new Ack(0) : OACK;
        mayHappenToAny();
        for (int number : new int[] {0, 1, 2, 3, 65_535}) {
            mayReceiveData(number, BLKSIZE);
        }
        mayReceiveData(1, 3);
        mayReceiveData(2, 3);
        mayReceiveData(1, BLKSIZE + 1);
        mayReceive("ACK 1", new Ack(1));
        may("no room", () -> world.full = true);
        may("room", () -> {
            world.full = false;
            world.machine.resume(world.now);
        });
        may("stored", () -> {
            if (world.committing && world.outcome == null) {
                world.durable = true;
                ((Receiver) world.machine).stored(world.now);
            }
        });
        may("store failed", () -> {
            world.full = false;
            ((Receiver) world.machine).storeFailed(DISK_FULL, world.now);
        });
        runAll(
                windowsize,
                (wire, settings, timer) -> new Receiver(wire, settings, TransferLimits.DEFAULT, timer, first, wire, 0));
    }

    @Test
    void a_violation_names_its_sequence() {
        may("nothing", () -> world.send(new Ack(1)));
        try {
            runAll(
                    1,
                    (wire, settings, timer) ->
                            new Receiver(wire, settings, TransferLimits.DEFAULT, timer, new Ack(0), wire, 0));
        } catch (AssertionError e) {
            assertThat(e).hasMessage("window 1, [nothing, nothing, nothing, nothing]");
            return;
        }
        throw new AssertionError("no violation");
    }
}
