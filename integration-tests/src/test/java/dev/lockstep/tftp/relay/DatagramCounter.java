package dev.lockstep.tftp.relay;

/** What happened to the datagrams of one direction. Written by the relay's thread. */
public final class DatagramCounter {
    long came;
    long lost;
    long doubled;
    long overtook;
    long swapped;
    long damaged;
    long cut;
    long tooLong;
    long inTheDark;
    long delivered;

    DatagramCounter() {}

    public long came() {
        return came;
    }

    public long delivered() {
        return delivered;
    }

    @Override
    public String toString() {
        return came + " came, " + lost + " lost, " + doubled + " doubled, " + overtook + " reordered, " + swapped
                + " swapped, " + damaged
                + " damaged, " + cut + " cut, " + tooLong + " too long, " + inTheDark + " in a black-out, " + delivered
                + " delivered";
    }
}
