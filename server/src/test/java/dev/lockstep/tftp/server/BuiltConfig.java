package dev.lockstep.tftp.server;

import dev.lockstep.tftp.server.internal.ServerConfig;

/** The configuration of a builder, for tests of internal packages. */
public final class BuiltConfig {
    private BuiltConfig() {}

    /** Returns the configuration that a builder would start a server with. */
    public static ServerConfig of(TftpServerBuilder builder) {
        return builder.config();
    }
}
