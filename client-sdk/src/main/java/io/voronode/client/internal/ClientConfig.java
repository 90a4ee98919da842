package io.voronode.client.internal;

import io.voronode.wire.Channels;
import java.time.Duration;
import java.util.List;

/**
 * What a client is built with; checks itself.
 *
 * @param addresses coordinators, each {@code host:port}; the first that answers is used
 * @param deadline of each request, retries included
 * @param retryFor how long, within the deadline, retryable errors are retried
 * @param carrySessions whether session tokens are carried from call to call
 */
public record ClientConfig(List<String> addresses, Duration deadline, Duration retryFor, boolean carrySessions) {

    public ClientConfig {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a client needs at least one address");
        }
        addresses.forEach(ClientConfig::checkAddress);
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("deadline " + deadline + " must be positive");
        }
        if (retryFor.isNegative()) {
            throw new IllegalArgumentException("retryFor " + retryFor + " must not be negative");
        }
    }

    private static void checkAddress(String address) {
        if (address.startsWith(Channels.IN_PROCESS)) {
            return;
        }
        int colon = address.lastIndexOf(':');
        if (colon <= 0 || address.chars().anyMatch(Character::isWhitespace) || !isPort(address.substring(colon + 1))) {
            throw new IllegalArgumentException("address \"" + address + "\" is not host:port with a port up to 65535");
        }
    }

    private static boolean isPort(String text) {
        return text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= 65_535;
    }
}
