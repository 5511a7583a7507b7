package dev.lockstep.tftp.testing.impairment;

/** Counts what happens to the datagrams of one direction. Must be written by one thread only. */
public final class DatagramCounter {
    long received;
    long lost;
    long duplicated;
    long reordered;
    long swapped;
    long corrupted;
    long truncated;
    long tooLong;
    long blackedOut;
    long delivered;

    /** Returns the number of datagrams that were sent. */
    public long received() {
        return received;
    }

    /** Returns the number of datagrams that were dropped in a blackout. */
    public long blackedOut() {
        return blackedOut;
    }

    /** Counts a datagram that is dropped because nothing passes. */
    public void countBlackedOut() {
        received++;
        blackedOut++;
    }

    /** Counts a datagram that was handed over. */
    public void countDelivered() {
        delivered++;
    }

    /** Returns the number of datagrams and copies that were handed over. */
    public long delivered() {
        return delivered;
    }

    @Override
    public String toString() {
        return received + " received, " + lost + " lost, " + duplicated + " duplicated, " + reordered + " reordered, "
                + swapped
                + " swapped, " + corrupted
                + " corrupted, " + truncated + " truncated, " + tooLong + " above the MTU, " + blackedOut
                + " in a blackout, " + delivered
                + " delivered";
    }
}
