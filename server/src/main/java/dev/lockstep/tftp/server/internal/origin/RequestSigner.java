package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.io.IOException;
import java.net.URI;
import java.util.Map;

/** Adds the fields that authenticate a request. */
@ThreadSafe
@Blocking
interface RequestSigner {
    /** Signs nothing. */
    RequestSigner NONE = (method, uri, fields, payload) -> fields;

    /**
     * Returns the fields of a request with those of the signature.
     *
     * @param payload the body, or null for none
     * @throws IOException if there are no credentials
     */
    Map<String, String> sign(String method, URI uri, Map<String, String> fields, Payload payload) throws IOException;
}
