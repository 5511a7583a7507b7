package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.concurrent.Blocking;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;

/** The neighbour table (ARP, NDP) of this machine. */
@FunctionalInterface
public interface NeighbourTable {
    /**
     * Returns the hardware address of a neighbour, such as {@code 52-54-00-12-34-56}.
     *
     * @return the address, or empty if it is not known
     * @throws IOException if the table cannot be read
     */
    @Blocking
    Optional<String> hardwareAddressOf(InetAddress client) throws IOException;

    /** Returns the neighbour table of the operating system. */
    static NeighbourTable ofThisMachine() {
        return new SystemNeighbourTable();
    }
}
