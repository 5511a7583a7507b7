package dev.lockstep.tftp.junit;

import java.util.stream.Stream;

/** Shows the packets in the stack trace of a failure, as a suppressed exception. */
final class RecordedPackets extends Exception {
    private static final long serialVersionUID = 1;

    private RecordedPackets(String packets) {
        super(packets, null, false, false);
    }

    @Override
    public String toString() {
        return getMessage();
    }

    /** Adds the packets of a server to a failure, unless it shows them already. */
    static void addTo(Throwable failure, TftpFixture fixture) {
        String server = fixture.toString();
        boolean known = Stream.of(failure.getSuppressed())
                .anyMatch(other ->
                        other instanceof RecordedPackets && other.getMessage().startsWith(server));
        if (!known) {
            failure.addSuppressed(new RecordedPackets(fixture.packets()));
        }
    }
}
