package dev.lockstep.tftp.client.conform;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A server under test.
 *
 * @param address its listening port
 * @param network how it is reached
 * @param folder the folder that it serves, if the tester may use it
 * @param file the name of a file that it serves, if the user knows one
 * @param tag makes the names of uploads of this run different from those of others
 */
record ServerTarget(
        InetSocketAddress address, Network network, Optional<ServerFolder> folder, Optional<String> file, String tag) {}
