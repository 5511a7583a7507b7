package dev.lockstep.tftp.event;

/** The reason for which a request did not become a transfer. The ERROR has the details. */
public enum RefusalReason {
    /** The request was malformed, or its mode is not supported. */
    MALFORMED,
    /** The policy of the server denied the request. */
    DENIED,
    /** A limit of concurrent transfers was reached. */
    TRANSFER_LIMIT,
    /** No socket was free, or no port of the port range. */
    NO_SOCKET,
    /** The I/O executor did not open the file in time. */
    STORAGE_BUSY,
    /** The storage refused the request, for example because there is no such file. */
    STORAGE,
    /** The server was shutting down. */
    SHUTTING_DOWN,
    /** On a client: the server refused the request or did not reply, or the client cancelled the request. */
    NOT_GRANTED
}
