package dev.lockstep.tftp.server.rules;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When a rule matches; what is empty matches all.
 *
 * @param write whether only writes, or only reads
 */
record RuleCondition(List<Network> clients, List<Glob> files, Optional<Boolean> write) {
    /** Whether the client is one of these, whatever it asks. */
    boolean concerns(InetAddress client) {
        return clients.isEmpty() || clients.stream().anyMatch(network -> network.contains(client));
    }

    /** The same of a request; the name has slashes between its elements, and no empty ones. */
    boolean matches(InetAddress client, String name, boolean isWrite) {
        return write.orElse(isWrite) == isWrite
                && concerns(client)
                && (files.isEmpty() || files.stream().anyMatch(file -> file.matches(name)));
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        write.ifPresent(writes -> parts.add(writes ? "writes" : "reads"));
        if (!clients.isEmpty()) {
            parts.add("of " + join(clients));
        }
        if (!files.isEmpty()) {
            parts.add("like " + join(files));
        }
        return parts.isEmpty() ? "everything" : String.join(" ", parts);
    }

    private static String join(List<?> all) {
        return String.join(", ", all.stream().map(Object::toString).toList());
    }
}
