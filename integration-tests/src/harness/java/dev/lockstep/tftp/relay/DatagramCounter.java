package dev.lockstep.tftp.relay;

/** Counts what happens to the datagrams of one direction. Written by the relay's thread only. */
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

    DatagramCounter() {}

    public long received() {
        return received;
    }

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
