package dev.lockstep.tftp.server.rules;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;

/** Who is on this machine's own networks. */
@FunctionalInterface
public interface NeighbourTable {
    /** The hardware address as {@code 52-54-00-12-34-56}, if it is known. May block. */
    Optional<String> hardwareAddressOf(InetAddress client) throws IOException;

    /** What the system knows. */
    static NeighbourTable ofThisMachine() {
        return new SystemNeighbourTable();
    }
}
