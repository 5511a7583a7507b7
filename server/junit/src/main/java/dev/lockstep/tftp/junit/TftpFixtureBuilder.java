package dev.lockstep.tftp.junit;

import dev.lockstep.tftp.negotiation.TransferLimits;
import dev.lockstep.tftp.server.AmplificationLimits;
import dev.lockstep.tftp.server.TftpServer;
import dev.lockstep.tftp.server.TftpServerBuilder;
import dev.lockstep.tftp.server.storage.WriteRules;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Builds {@link TftpFixture}s. Each method replaces or adds one setting and returns this builder. Not safe for use by
 * several threads while it is changed.
 */
public final class TftpFixtureBuilder {
    /** The default address. */
    static final String LOOPBACK = "127.0.0.1";

    String host = LOOPBACK;
    int port;
    String resources = "";
    WriteRules writeRules = WriteRules.ANY_FILE;
    long seed;
    Duration timeout = Duration.ofSeconds(10);
    private TransferLimits limits = TransferLimits.DEFAULT;
    private Consumer<TftpServerBuilder> settings = server -> {};

    TftpFixtureBuilder() {}

    /** Returns a builder with the settings of an annotation. */
    static TftpFixtureBuilder of(TftpServerTest annotation) {
        return new TftpFixtureBuilder()
                .host(annotation.host())
                .port(annotation.port())
                .resources(annotation.resources())
                .writeRules(annotation.readOnly() ? WriteRules.READ_ONLY : WriteRules.ANY_FILE)
                .seed(annotation.seed());
    }

    /**
     * Sets the address to listen on. The default is 127.0.0.1.
     *
     * @param name an address or a name of this machine; 0.0.0.0 for all addresses, for example for clients in containers
     * @return this builder
     */
    public TftpFixtureBuilder host(String name) {
        host = name;
        return this;
    }

    /**
     * Sets the port to listen on. The default is a free one.
     *
     * @param number the port; 0 takes a free one
     * @return this builder
     */
    public TftpFixtureBuilder port(int number) {
        port = number;
        return this;
    }

    /**
     * Serves the files of a folder on the class path, also after a {@linkplain TftpFixture#reset reset}.
     *
     * @param folder the path of the folder on the class path, such as {@code firmware}; empty, the default, for none
     * @return this builder
     */
    public TftpFixtureBuilder resources(String folder) {
        resources = folder;
        return this;
    }

    /**
     * Sets the rules for uploads. By default, any file is accepted, and may replace another one.
     *
     * @param rules the rules
     * @return this builder
     */
    public TftpFixtureBuilder writeRules(WriteRules rules) {
        writeRules = rules;
        return this;
    }

    /**
     * Sets the limits of the negotiation and the timeouts of transfers, for example to grant small blocks only.
     *
     * @param all the limits of all transfers; by default those of a server
     * @return this builder
     */
    public TftpFixtureBuilder limits(TransferLimits all) {
        limits = all;
        return this;
    }

    /**
     * Sets the seed of random impairment.
     *
     * @param number any number; 0 by default
     * @return this builder
     */
    public TftpFixtureBuilder seed(long number) {
        seed = number;
        return this;
    }

    /**
     * Sets how long methods such as {@link TftpFixture#awaitTransfer} wait.
     *
     * @param longest more than zero; 10 s by default
     * @return this builder
     */
    public TftpFixtureBuilder timeout(Duration longest) {
        timeout = longest;
        return this;
    }

    /**
     * Changes any other setting of the server, such as its port modes. The storage, the event loops, and the executors
     * are those of the fixture.
     *
     * @param change called for each start
     * @return this builder
     */
    public TftpFixtureBuilder server(Consumer<TftpServerBuilder> change) {
        settings = settings.andThen(change);
        return this;
    }

    /**
     * Starts a server. A builder can start any number of servers.
     *
     * @return the running server
     * @throws UncheckedIOException if the address cannot be bound
     * @throws IllegalArgumentException if a setting is invalid; the message has the value and what was expected
     */
    public TftpFixture start() {
        return new TftpFixture(this);
    }

    /** Starts the server of a fixture. */
    TftpServer start(TftpFixture fixture, SharedResources shared) {
        TftpServerBuilder server = TftpServer.builder()
                .listen(new InetSocketAddress(host, port))
                .limits(limits)
                .amplificationLimits(AmplificationLimits.UNLIMITED)
                .drain(Duration.ZERO);
        settings.accept(server);
        fixture.observe(server);
        try {
            return server.eventLoops(shared.loop())
                    .ioExecutors(group -> shared.files())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
