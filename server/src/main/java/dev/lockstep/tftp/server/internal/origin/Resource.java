package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.server.storage.OriginSettings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of an origin.
 *
 * @param uri the URI, without a query
 * @param settings how the file is cached
 */
record Resource(Origin origin, URI uri, OriginSettings settings) {
    /** Returns what identifies the file in memory. */
    String id() {
        return origin.identity() + " " + uri;
    }

    /** Returns the key of the file in the spool. */
    String key() {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(hash.digest(id().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each Java platform has it
        }
    }
}
