package dev.lockstep.tftp.server.rules;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The condition under which a rule matches. An empty component matches all requests.
 *
 * @param write true for writes only, false for reads only
 */
record RuleCondition(List<IpNetwork> clients, List<Glob> files, Optional<Boolean> write) {
    /** Returns true if the condition can match requests of a client. */
    boolean concerns(InetAddress client) {
        return clients.isEmpty() || clients.stream().anyMatch(network -> network.contains(client));
    }

    /**
     * Returns true if the condition matches a request.
     *
     * @param name the elements of the name, separated by slashes, none of them empty
     */
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
