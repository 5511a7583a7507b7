package dev.lockstep.tftp.relay;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Decides what becomes of each datagram of one direction, in the order and with the meaning of Linux' netem: loss and
 * duplication are drawn independently and together cancel out; a copy goes through all of it again, except that it is
 * not copied; what is reordered leaves at once while the others are delayed. Unlike netem it can also let a datagram
 * leave right after the next one, as links that share the load do.
 */
final class Impairment {
    /** Of IPv4 and UDP. */
    private static final int HEADERS = 28;
    /** How long a datagram waits for the next one. */
    static final long LONGEST_SWAP = 5_000_000;

    /** Where datagrams go on. */
    interface Exit {
        /** Lets it out at that moment, which may be now. */
        void leave(byte[] datagram, long moment);

        /** Has the action run at that moment. */
        default void later(long moment, Runnable action) {}
    }

    private record Held(byte[] datagram, Exit exit) {}

    private final NetworkImpairment weather;
    private final SplittableRandom random;
    /** A stream of its own: what a seed means for the others was settled without it. */
    private final SplittableRandom swaps;

    private final DatagramCounter tally;
    private Held held;

    Impairment(NetworkImpairment weather, long seed, DatagramCounter tally) {
        this.weather = weather;
        this.random = new SplittableRandom(seed);
        this.swaps = new SplittableRandom(~seed);
        this.tally = tally;
    }

    void enter(byte[] datagram, long now, Exit exit) {
        tally.came++;
        if (datagram.length + HEADERS > weather.mtu()) {
            tally.tooLong++;
        } else {
            enter(datagram, now, exit, chance(weather.duplication()));
        }
    }

    private void enter(byte[] datagram, long now, Exit exit, boolean twice) {
        boolean lost = chance(weather.loss());
        if (lost && !twice) {
            tally.lost++;
            return;
        }
        if (twice && !lost) {
            tally.doubled++;
            enter(datagram, now, exit, false);
        }
        byte[] result = damaged(datagram);
        long moment = now + delay();
        if (held == null && swaps.nextDouble() < weather.swapping()) {
            tally.swapped++;
            Held mine = new Held(result, exit);
            held = mine;
            exit.later(moment + LONGEST_SWAP, () -> letGo(mine, moment + LONGEST_SWAP));
            return;
        }
        exit.leave(result, moment);
        letGo(held, moment);
    }

    /** Lets that one out, if it is still held. */
    private void letGo(Held one, long moment) {
        if (one != null && one == held) {
            held = null;
            one.exit.leave(one.datagram, moment);
        }
    }

    private byte[] damaged(byte[] datagram) {
        byte[] result = datagram;
        if (chance(weather.corruption()) && result.length > 0) {
            tally.damaged++;
            result = result.clone();
            result[random.nextInt(result.length)] ^= (byte) (1 << random.nextInt(8));
        }
        if (chance(weather.truncation()) && result.length > 0) {
            tally.cut++;
            result = Arrays.copyOf(result, random.nextInt(result.length));
        }
        return result;
    }

    private long delay() {
        if (chance(weather.reordering())) {
            tally.overtook++;
            return 0;
        }
        long spread = weather.jitter().toNanos();
        return weather.delay().toNanos() + (spread == 0 ? 0 : random.nextLong(-spread, spread));
    }

    /** Draws even for a chance of 0, so that one setting does not change what a seed means for the others. */
    private boolean chance(double of) {
        return random.nextDouble() < of;
    }
}
