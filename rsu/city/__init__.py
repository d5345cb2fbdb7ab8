"""The city's supervision platform: boxes of a whole city on one broker, their records kept, shown and exported.

One process beside a Mosquitto: records come in by MQTT 5 as T/ITS 0180.1 says, are committed to SQLite, then
acknowledged; track states of days that are over go to Parquet, one file a box and day.
"""
