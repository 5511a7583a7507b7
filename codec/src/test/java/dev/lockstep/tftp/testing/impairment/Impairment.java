package dev.lockstep.tftp.testing.impairment;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Impairs the datagrams of one direction, in the order and with the meaning of Linux' netem. Loss and duplication are
 * drawn independently, and cancel out if both are drawn. A copy passes all steps again, except that it is not
 * duplicated. A reordered datagram leaves at once while the others are delayed. Unlike netem, it can also let a
 * datagram leave right after the next one, as load-sharing links do.
 */
public class Impairment {
    /** Bytes of the IPv4 and UDP headers. */
    private static final int HEADERS = 28;
    /** Nanoseconds that a swapped datagram waits at most for the next one. */
    public static final long LONGEST_SWAP = 5_000_000;

    /** Receives the datagrams that leave. */
    public interface Exit {
        /** Sends a datagram at a moment, which may be now. */
        void leave(byte[] datagram, long moment);

        /** Schedules an action for a moment. */
        default void later(long moment, Runnable action) {}
    }

    private record Held(byte[] datagram, Exit exit) {}

    private final NetworkImpairment settings;
    private final SplittableRandom random;
    /** A separate generator, so that swapping does not change the decisions of a seed for the rest. */
    private final SplittableRandom swaps;

    private final DatagramCounter counter;
    private Held held;

    /**
     * Creates the impairment of a direction.
     *
     * @param seed determines all decisions
     * @param counter counts them
     */
    public Impairment(NetworkImpairment settings, long seed, DatagramCounter counter) {
        this.settings = settings;
        this.random = new SplittableRandom(seed);
        this.swaps = new SplittableRandom(~seed);
        this.counter = counter;
    }

    /**
     * Decides about a datagram.
     *
     * @param datagram its content, which must not change
     * @param now the time in nanoseconds
     * @param exit receives it, a damaged copy of it, or both it and a duplicate, now or later
     */
    public void enter(byte[] datagram, long now, Exit exit) {
        counter.received++;
        if (datagram.length + HEADERS > settings.mtu()) {
            counter.tooLong++;
        } else {
            enter(datagram, now, exit, chance(settings.duplication()));
        }
    }

    private void enter(byte[] datagram, long now, Exit exit, boolean twice) {
        boolean lost = chance(settings.loss());
        if (lost && !twice) {
            counter.lost++;
            return;
        }
        if (twice && !lost) {
            counter.duplicated++;
            enter(datagram, now, exit, false);
        }
        byte[] result = damaged(datagram);
        long moment = now + delay(datagram, now);
        if (held == null && isOvertaken(datagram)) {
            counter.swapped++;
            Held mine = new Held(result, exit);
            held = mine;
            exit.later(moment + LONGEST_SWAP, () -> release(mine, moment + LONGEST_SWAP));
            return;
        }
        exit.leave(result, moment);
        release(held, moment);
    }

    /** Sends a held datagram, if it is still held. */
    private void release(Held one, long moment) {
        if (one != null && one == held) {
            held = null;
            one.exit.leave(one.datagram, moment);
        }
    }

    private byte[] damaged(byte[] datagram) {
        byte[] result = datagram;
        if (chance(settings.corruption()) && result.length > 0) {
            counter.corrupted++;
            result = result.clone();
            result[random.nextInt(result.length)] ^= (byte) (1 << random.nextInt(8));
        }
        if (chance(settings.truncation()) && result.length > 0) {
            counter.truncated++;
            result = Arrays.copyOf(result, random.nextInt(result.length));
        }
        return result;
    }

    /** Returns whether a datagram leaves right after the next one. */
    protected boolean isOvertaken(byte[] datagram) {
        return swaps.nextDouble() < settings.swapping();
    }

    /** Returns the delay of a datagram in nanoseconds. */
    protected long delay(byte[] datagram, long now) {
        if (chance(settings.reordering())) {
            counter.reordered++;
            return 0;
        }
        long spread = settings.jitter().toNanos();
        return settings.delay().toNanos() + (spread == 0 ? 0 : random.nextLong(-spread, spread));
    }

    /** Draws even for a probability of 0, so that one setting does not change the decisions of a seed for the others. */
    private boolean chance(double of) {
        return random.nextDouble() < of;
    }
}
