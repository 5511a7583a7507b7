package dev.lockstep.tftp.junit;

import dev.lockstep.tftp.codec.ErrorCode;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import dev.lockstep.tftp.internal.impairment.LinkImpairment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The faults of a transfer, from its request to its end. Each method adds to what the others have set. Both
 * directions are impaired: packets that the server receives, and those that it sends.
 *
 * <p>The same seed makes the same random decisions for the same packets. Retransmissions depend on the time, too, so a
 * test can repeat exactly what is counted ({@link #drop(PacketType, int)}), and approximately what is random ({@link
 * #loss}).
 */
@ThreadSafe
public final class TransferImpairment {
    private static final double MILLIS = 1e6;

    /** The treatment of a packet. */
    enum Effect {
        DROP,
        DUPLICATE,
        REORDER,
        DELAY
    }

    /**
     * An effect on some packets.
     *
     * @param effect what is done
     * @param type null for any
     * @param block the number of the block, or -1 for any
     * @param count the number of packets
     * @param delayNanos the delay in nanoseconds, or 0
     */
    record Rule(Effect effect, PacketType type, int block, int count, long delayNanos) {
        boolean isFor(PacketType packet, int number) {
            return (type == null || type == packet) && (block < 0 || block == number);
        }
    }

    /**
     * All settings.
     *
     * @param rules counted effects, in the order in which they apply
     * @param random random effects
     * @param seed the seed of the random effects, if the test has set it
     * @param silent whether nothing is sent
     * @param error sent instead of the first reply, or of the block {@code errorAfter + 1}; null for none
     * @param errorAfter the number of blocks before the error
     */
    record Plan(
            List<Rule> rules,
            LinkImpairment random,
            OptionalLong seed,
            boolean silent,
            TftpException error,
            int errorAfter) {
        static final Plan NONE = new Plan(List.of(), LinkImpairment.NONE, OptionalLong.empty(), false, null, 0);
    }

    private volatile Plan plan = Plan.NONE;

    TransferImpairment() {}

    Plan plan() {
        return plan;
    }

    /**
     * Drops the first packets of a type, retransmissions included.
     *
     * @param type the type of the packets
     * @param count the number of packets, at least 1
     * @return this
     * @throws IllegalArgumentException if the number is less than 1
     */
    public TransferImpairment drop(PacketType type, int count) {
        return add(Effect.DROP, type, -1, count, 0);
    }

    /**
     * Drops a DATA or an ACK once; its retransmission passes.
     *
     * @param type the type of the packet
     * @param block the number of the block, 0 to 65535
     * @return this
     * @throws IllegalArgumentException if the number is out of range
     */
    public TransferImpairment dropBlock(PacketType type, int block) {
        if (block < 0 || block > 65535) {
            throw new IllegalArgumentException("block: " + block + " (expected: 0 to 65535)");
        }
        return add(Effect.DROP, type, block, 1, 0);
    }

    /**
     * Duplicates the first packets of a type.
     *
     * @param type the type of the packets
     * @param count the number of packets, at least 1
     * @return this
     * @throws IllegalArgumentException if the number is less than 1
     */
    public TransferImpairment duplicate(PacketType type, int count) {
        return add(Effect.DUPLICATE, type, -1, count, 0);
    }

    /**
     * Lets the next packet overtake each of the first packets of a type. One that no other follows arrives 20 ms late.
     *
     * @param type the type of the packets
     * @param count the number of packets, at least 1
     * @return this
     * @throws IllegalArgumentException if the number is less than 1
     */
    public TransferImpairment reorder(PacketType type, int count) {
        return add(Effect.REORDER, type, -1, count, 0);
    }

    /**
     * Delays all packets, in each direction.
     *
     * @param each the delay of a packet, not negative
     * @return this
     * @throws IllegalArgumentException if the delay is negative
     */
    public TransferImpairment delay(Duration each) {
        return add(Effect.DELAY, null, -1, Integer.MAX_VALUE, each.toNanos());
    }

    /**
     * Delays all packets of a type.
     *
     * @param type the type of the packets
     * @param each the delay of a packet, not negative
     * @return this
     * @throws IllegalArgumentException if the delay is negative
     */
    public TransferImpairment delay(PacketType type, Duration each) {
        return add(Effect.DELAY, type, -1, Integer.MAX_VALUE, each.toNanos());
    }

    private synchronized TransferImpairment add(Effect effect, PacketType type, int block, int count, long delayNanos) {
        if (count < 1) {
            throw new IllegalArgumentException("count: " + count + " (expected: >= 1)");
        }
        if (delayNanos < 0) {
            throw new IllegalArgumentException("delay: " + delayNanos + " ns (expected: >= 0)");
        }
        List<Rule> all = new ArrayList<>(plan.rules);
        all.add(new Rule(effect, type, block, count, delayNanos));
        plan = new Plan(List.copyOf(all), plan.random, plan.seed, plan.silent, plan.error, plan.errorAfter);
        return this;
    }

    /**
     * Drops random packets.
     *
     * @param probability of each packet, 0 to 1
     * @return this
     * @throws IllegalArgumentException if the probability is out of range
     */
    public TransferImpairment loss(double probability) {
        LinkImpairment now = plan.random;
        return random(new LinkImpairment(probability, now.duplicate(), now.reorder(), 0, now.jitterMillis(), 0));
    }

    /**
     * Duplicates random packets.
     *
     * @param probability of each packet, 0 to 1
     * @return this
     * @throws IllegalArgumentException if the probability is out of range
     */
    public TransferImpairment duplication(double probability) {
        LinkImpairment now = plan.random;
        return random(new LinkImpairment(now.loss(), probability, now.reorder(), 0, now.jitterMillis(), 0));
    }

    /**
     * Lets the next packet overtake random packets.
     *
     * @param probability of each packet, 0 to 1
     * @return this
     * @throws IllegalArgumentException if the probability is out of range
     */
    public TransferImpairment reordering(double probability) {
        LinkImpairment now = plan.random;
        return random(new LinkImpairment(now.loss(), now.duplicate(), probability, 0, now.jitterMillis(), 0));
    }

    /**
     * Delays each packet by a random time. The order stays.
     *
     * @param longest the upper limit of the delay, not negative
     * @return this
     * @throws IllegalArgumentException if the time is negative
     */
    public TransferImpairment jitter(Duration longest) {
        LinkImpairment now = plan.random;
        return random(new LinkImpairment(now.loss(), now.duplicate(), now.reorder(), 0, longest.toNanos() / MILLIS, 0));
    }

    private synchronized TransferImpairment random(LinkImpairment other) {
        plan = new Plan(plan.rules, other, plan.seed, plan.silent, plan.error, plan.errorAfter);
        return this;
    }

    /**
     * Sets the seed of the random decisions. By default, it follows from the seed of the server and the number of
     * requests before this one.
     *
     * @param number any number
     * @return this
     */
    public synchronized TransferImpairment seed(long number) {
        plan = new Plan(plan.rules, plan.random, OptionalLong.of(number), plan.silent, plan.error, plan.errorAfter);
        return this;
    }

    /**
     * Sends nothing: the client gets no reply to its request.
     *
     * @return this
     */
    public synchronized TransferImpairment silent() {
        plan = new Plan(plan.rules, plan.random, plan.seed, true, plan.error, plan.errorAfter);
        return this;
    }

    /**
     * Refuses the request.
     *
     * @param code the code of the ERROR
     * @param text the text of the ERROR
     * @return this
     */
    public TransferImpairment error(ErrorCode code, String text) {
        return errorAfter(0, code, text);
    }

    /**
     * Ends the transfer with an ERROR when some DATA have passed, retransmissions included.
     *
     * @param blocks the number of DATA before the ERROR; 0 to refuse the request
     * @param code the code of the ERROR
     * @param text the text of the ERROR
     * @return this
     * @throws IllegalArgumentException if the number is negative
     */
    public synchronized TransferImpairment errorAfter(int blocks, ErrorCode code, String text) {
        if (blocks < 0) {
            throw new IllegalArgumentException("blocks: " + blocks + " (expected: >= 0)");
        }
        plan = new Plan(plan.rules, plan.random, plan.seed, plan.silent, new TftpException(code, text), blocks);
        return this;
    }
}
