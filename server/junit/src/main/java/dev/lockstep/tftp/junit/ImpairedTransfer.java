package dev.lockstep.tftp.junit;

import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.concurrent.EventLoop;
import dev.lockstep.tftp.internal.impairment.DatagramImpairment;
import dev.lockstep.tftp.internal.impairment.DatagramImpairment.ImpairmentDecision;
import dev.lockstep.tftp.junit.TransferImpairment.Plan;
import dev.lockstep.tftp.junit.TransferImpairment.Rule;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/** Applies an impairment to the packets of one transfer, from its request on. */
@EventLoop
final class ImpairedTransfer {
    private final Plan plan;
    /** Packets that each rule still applies to. */
    private final int[] left;

    private final DatagramImpairment randomInbound;
    private final DatagramImpairment randomOutbound;
    private Consumer<String> log;
    private Consumer<TftpException> failure = cause -> {};
    private int blocks;

    /**
     * Creates the state of a transfer whose request has not been received yet.
     *
     * @param seed used unless the plan has one
     * @param log receives a line for each packet that is not passed on as it is
     */
    ImpairedTransfer(Plan plan, long seed, Consumer<String> log) {
        this.plan = plan;
        this.left = plan.rules().stream().mapToInt(Rule::count).toArray();
        long used = plan.seed().orElse(seed);
        this.randomInbound = plan.random().decisions(used);
        this.randomOutbound = plan.random().decisions(~used);
        this.log = log;
    }

    Plan plan() {
        return plan;
    }

    /** Sets where lines go from now on. */
    void logTo(Consumer<String> lines) {
        log = lines;
    }

    /** Sets how to end the transfer with an ERROR. */
    void failWith(Consumer<TftpException> end) {
        failure = end;
    }

    ImpairmentDecision received(ByteBuf packet) {
        return decide(packet, randomInbound.next(packet), false);
    }

    ImpairmentDecision sent(ByteBuf packet) {
        return decide(packet, randomOutbound.next(packet), plan.silent());
    }

    private ImpairmentDecision decide(ByteBuf packet, ImpairmentDecision random, boolean silent) {
        PacketType type = PacketType.of(packet);
        int block = PacketType.block(packet);
        boolean dropped = random.dropped() || silent || isReplacedByError(type);
        boolean duplicated = random.duplicated();
        boolean reordered = random.reordered();
        long delay = random.delayNanos();
        for (int i = 0; i < left.length && !dropped; i++) {
            Rule rule = plan.rules().get(i);
            if (left[i] == 0 || !rule.isFor(type, block)) {
                continue;
            }
            left[i]--;
            switch (rule.effect()) {
                case DROP -> dropped = true;
                case DUPLICATE -> duplicated = true;
                case REORDER -> reordered = true;
                default -> delay += rule.delayNanos();
            }
        }
        if (dropped || duplicated || reordered) {
            String what = dropped ? "dropped" : duplicated ? "duplicated" : "held back";
            log.accept("(" + what + " by the test: " + (type == null ? "not TFTP" : type)
                    + (block < 0 ? "" : " " + block) + ")");
        }
        return new ImpairmentDecision(dropped, duplicated, reordered, delay);
    }

    private boolean isReplacedByError(PacketType type) {
        if (plan.error() == null || plan.errorAfter() == 0 || type != PacketType.DATA) {
            return false;
        }
        if (++blocks == plan.errorAfter() + 1) {
            failure.accept(plan.error());
        }
        return blocks > plan.errorAfter();
    }
}
