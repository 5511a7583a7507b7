package dev.lockstep.tftp.transfer;

import dev.lockstep.tftp.codec.MalformedMessageException;
import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TftpCodec;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TftpMessage;
import dev.lockstep.tftp.codec.TftpMessage.Ack;
import dev.lockstep.tftp.codec.TftpMessage.Data;
import dev.lockstep.tftp.codec.TftpMessage.OptionAck;
import dev.lockstep.tftp.codec.TftpOpcode;
import dev.lockstep.tftp.event.Outcome;
import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.negotiation.TransferSettings;
import dev.lockstep.tftp.testing.impairment.DatagramCounter;
import dev.lockstep.tftp.testing.impairment.EventQueue;
import dev.lockstep.tftp.testing.impairment.Impairment;
import dev.lockstep.tftp.testing.impairment.NetworkImpairment;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * A sender and a receiver joined by a network with impairment, under virtual time. The client's state machine starts
 * with the first reply, and its request is retransmitted until then.
 */
final class BadLink {
    private static final long LONGEST = Duration.ofHours(10).toNanos();
    private static final int LARGEST_PRIME_OF_16_BITS = 65_521;
    private static final TransferLimits LONG_TIMEOUTS =
            TransferLimits.DEFAULT.withTimes(Duration.ZERO, Duration.ofMinutes(30), Duration.ofSeconds(11));

    private static final ByteBufAllocator BUFFERS = new HeapBuffers();

    /** Neither native memory nor leak detection, which would take most of the time of millions of datagrams. */
    private static final class HeapBuffers extends AbstractByteBufAllocator {
        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            return newHeapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    /** The delay of one direction as a function of time. Datagrams stay in order. */
    @FunctionalInterface
    interface Delay {
        /** Returns the nanoseconds that a datagram sent at {@code now} takes. */
        long at(long now);
    }

    /** The parameters of a transfer. */
    record Plan(boolean read, boolean oack, int blksize, int windowsize, int size, NetworkImpairment impairment) {}

    private final Plan plan;
    private final SplittableRandom random;
    private final byte[] content;
    private final TransferSettings settings;
    private final EventQueue events = new EventQueue();
    private final End server;
    private final End client;
    final ByteStore stored = new ByteStore();
    private long now;
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
        this.content = content(random, plan.size);
        this.settings = TransferSettings.builder()
                .blksize(plan.blksize)
                .windowsize(plan.windowsize)
                .tsize(plan.size)
                .build();
        this.server = new End(random.nextLong());
        this.client = new End(random.nextLong());
    }

    /** Returns random bytes that repeat after a prime number of them: blocks up to 65521 places apart differ. */
    private static byte[] content(SplittableRandom random, int size) {
        byte[] piece = new byte[Math.min(size, LARGEST_PRIME_OF_16_BITS)];
        random.nextBytes(piece); // takes longer than the transfer does
        byte[] content = new byte[size];
        for (int at = 0; at < size; at += piece.length) {
            System.arraycopy(piece, 0, content, at, Math.min(piece.length, size - at));
        }
        return content;
    }

    /** A side of the link: a state machine once it has started, and the effects it requested. */
    private final class End implements Wire, Impairment.Exit {
        private final Impairment link;
        private End other;
        private Transfer machine;
        private long deadline = NEVER;
        private Outcome outcome;
        private boolean closed;
        private long lastArrival;

        End(long seed) {
            link = new Impairment(plan.impairment, seed, new DatagramCounter()) {
                @Override
                protected boolean isOvertaken(byte[] datagram) {
                    return isData(datagram) && dataSent == lateData || super.isOvertaken(datagram);
                }

                @Override
                protected long delay(byte[] datagram, long sentAt) {
                    Delay timed = isData(datagram) ? delayOfData : delayOfReplies;
                    if (timed == null) {
                        return super.delay(datagram, sentAt);
                    }
                    lastArrival = Math.max(lastArrival + 10_000, sentAt + timed.at(sentAt)); // not two at one instant
                    return lastArrival - sentAt;
                }
            };
        }

        @Override
        public void send(TftpMessage message) {
            datagrams++;
            dataSent += message instanceof Data ? 1 : 0;
            ByteBuf encoded = TftpCodec.encode(message, BUFFERS);
            byte[] datagram = ByteBufUtil.getBytes(encoded);
            encoded.release();
            ReferenceCountUtil.release(message);
            link.enter(datagram, now, this);
        }

        @Override
        public void leave(byte[] datagram, long moment) {
            events.add(moment, () -> other.arrive(datagram));
        }

        @Override
        public void later(long moment, Runnable action) {
            events.add(moment, action);
        }

        private void arrive(byte[] datagram) {
            try {
                arrive(TftpCodec.decode(Unpooled.wrappedBuffer(datagram)));
            } catch (MalformedMessageException e) {
                throw new AssertionError(e); // no datagram is damaged
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
                events.add(moment, () -> {
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

    private static boolean isData(byte[] datagram) {
        return datagram[1] == TftpOpcode.DATA;
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
            public boolean requestRoom() {
                return true;
            }

            @Override
            public void commit() {
                events.add(now + 1_000_000, () -> made[0].stored(now));
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
            if (random.nextDouble() >= plan.impairment.loss()) {
                server.machine.onRequestRepeated(now);
            }
            events.add(now + Duration.ofSeconds(1).toNanos(), this::repeatRequest);
        }
    }

    /** Runs the transfer to its end. Returns a description of the failure, or null if there is none. */
    String run() {
        server.other = client;
        client.other = server;
        OptionAck oack = plan.oack ? new OptionAck(Options.NONE.with("blksize", plan.blksize)) : null;
        server.machine = plan.read ? sender(server, oack) : receiver(server, oack == null ? new Ack(0) : oack);
        server.machine.start(now);
        events.add(Duration.ofSeconds(1).toNanos(), this::repeatRequest);
        while (!events.isEmpty() && now < LONGEST && !(server.closed && client.closed)) {
            now = events.next();
            events.run(now);
        }
        return failure();
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
