-- The same files as the question files' SELECTs see them: every type spelled out by hand.
-- {tables} is the directory.

CREATE MACRO german(t) AS CAST(replace(replace(t, '.', ''), ',', '.') AS DECIMAL(12, 2));
CREATE MACRO english(t) AS CAST(regexp_replace(t, '[,€$ ]', '', 'g') AS DECIMAL(12, 2));

CREATE TABLE bank AS
SELECT strptime(Buchungstag, '%d.%m.%Y')::DATE AS booked,
       strptime(Valuta, '%d.%m.%Y')::DATE AS valuta,
       Buchungstext AS kind,
       "Empfänger" AS payee,
       Verwendungszweck AS purpose,
       IBAN AS iban,
       german(Betrag) AS amount,
       german(Saldo) AS balance,
       Kategorie AS category
FROM read_csv('{tables}/bank.csv', all_varchar = true, delim = ';', quote = '"', header = true,
              skip = 4, encoding = 'latin-1');

CREATE TABLE orders AS
SELECT "Order No"::INTEGER AS order_no,
       strptime("Order Date", '%Y-%m-%d %H:%M') AS placed,
       "Customer No" AS customer_no,
       Status AS status_as_written,
       upper(Status[1]) || lower(Status[2:]) AS status,
       "Ship Country" AS country_as_written,
       upper("Ship Country"[1]) || lower("Ship Country"[2:]) AS country,
       Coupon AS coupon,
       SKU AS sku,
       Product AS product,
       Qty::INTEGER AS qty,
       english("Unit Price") AS price,
       CAST(rtrim(Discount, '%') AS INTEGER) AS discount,
       english("Line Total") AS total,
       "Shipped On"::DATE AS shipped,
       Payment AS payment
FROM read_csv('{tables}/shop_orders.csv', all_varchar = true, delim = ',', quote = '"', header = true);

CREATE TABLE customers AS
SELECT "Customer No" AS customer_no, Name AS name, Email AS email, City AS city,
       Segment AS segment, Newsletter AS newsletter, "Customer Since"::DATE AS since,
       "Credit Limit"::INTEGER AS credit_limit
FROM read_csv('{tables}/customers.csv', all_varchar = true, delim = ',', quote = '"', header = true);

CREATE TABLE inventory AS
SELECT SKU AS sku, Product AS product, Category AS category, Supplier AS supplier,
       Stock::INTEGER AS stock, "Reorder Level"::INTEGER AS reorder,
       "Unit Cost"::DECIMAL(12, 2) AS cost, Price::DECIMAL(12, 2) AS price,
       Discontinued AS discontinued, "Last Delivery"::DATE AS delivered, Shelf AS shelf
FROM read_csv('{tables}/inventory.csv', all_varchar = true, delim = ';', quote = '"', header = true);

CREATE TABLE tickets AS
SELECT "Ticket ID" AS id, Subject AS subject, "Customer No" AS customer_no,
       upper(Priority[1]) || lower(Priority[2:]) AS priority, Priority AS priority_as_written,
       Status AS status, Agent AS agent, Channel AS channel,
       strptime(Created, '%Y-%m-%d %H:%M') AS created,
       strptime(Closed, '%Y-%m-%d %H:%M') AS closed,
       Satisfaction::INTEGER AS satisfaction,
       "First Reply Minutes"::INTEGER AS reply
FROM read_csv('{tables}/support_tickets.csv', all_varchar = true, delim = '\t', quote = '"', header = true);

CREATE TABLE staff AS
SELECT "Employee No"::INTEGER AS employee_no, Name AS name, Department AS department_as_written,
       lower(Department) AS department, "Job Title" AS job, Location AS location,
       strptime("Start Date", '%d/%m/%Y')::DATE AS started, english(Salary) AS salary,
       "Weekly Hours"::INTEGER AS hours, Contract AS contract,
       "Vacation Days Left"::INTEGER AS vacation, "Sick Days"::INTEGER AS sick
FROM read_csv('{tables}/staff.csv', all_varchar = true, delim = ',', quote = '"', header = true);

CREATE TABLE gym AS
SELECT "Member ID"::INTEGER AS id, "First name" AS first_name, "Last name" AS last_name,
       Gender AS gender, Age::INTEGER AS age,
       upper(Membership[1]) || lower(Membership[2:]) AS membership,
       Membership AS membership_as_written, german(regexp_replace("Monthly fee", '[^0-9,.]', '', 'g')) AS fee,
       Studio AS studio, strptime(Joined, '%d.%m.%Y')::DATE AS joined,
       strptime("Cancelled on", '%d.%m.%Y')::DATE AS cancelled, "Visits 2025"::INTEGER AS visits,
       Trainer AS trainer
FROM read_csv('{tables}/gym_members.csv', all_varchar = true, delim = '\t', quote = '"',
              header = true, encoding = 'utf-16');

CREATE TABLE rentals AS
SELECT Booking AS booking, Property AS property, City AS city, Channel AS channel,
       Status AS status, Guests::INTEGER AS guests,
       strptime("Booked On", '%m/%d/%Y')::DATE AS booked,
       strptime("Check In", '%m/%d/%Y')::DATE AS arrives,
       strptime("Check Out", '%m/%d/%Y')::DATE AS leaves, Nights::INTEGER AS nights,
       english("Nightly Rate") AS rate, english("Cleaning Fee") AS cleaning,
       english("Total Price") AS total, Rating::DOUBLE AS rating, Pets AS pets
FROM read_csv('{tables}/rentals.csv', all_varchar = true, delim = ',', quote = '"', header = true);

CREATE TABLE fuel AS
SELECT Receipt AS receipt, strptime("Date", '%d.%m.%Y')::DATE AS filled, Vehicle AS vehicle,
       Driver AS driver, upper(Station[1]) || lower(Station[2:]) AS station,
       Station AS station_as_written, Town AS town, Fuel AS fuel, german(Litres) AS litres,
       "Tank size"::INTEGER AS tank,
       CAST(replace("Price per litre", ',', '.') AS DECIMAL(12, 3)) AS price,
       german("Amount EUR") AS amount,
       CAST(replace("Previous km", '.', '') AS INTEGER) AS previous_km,
       CAST(replace("Odometer km", '.', '') AS INTEGER) AS km, "Paid with" AS paid_with, Note AS note
FROM read_csv('{tables}/fuel_log.csv', all_varchar = true, delim = ';', quote = '"', header = true,
              skip = 2, encoding = 'latin-1');

CREATE TABLE events AS
SELECT "Order ID" AS id, strptime(Purchased, '%m/%d/%Y %I:%M %p') AS purchased, "Event" AS event,
       strptime("Event Date", '%m/%d/%Y')::DATE AS event_date, Venue AS venue, Section AS section,
       Tickets::INTEGER AS tickets, english("Ticket Price") AS price, english(Fees) AS fees,
       english("Order Total") AS total, english(Refund) AS refund, "Promo Code" AS promo,
       "Sales Channel" AS channel, Buyer AS buyer, State AS state, Status AS status,
       Scanned::INTEGER AS scanned
FROM read_csv('{tables}/event_tickets.csv', all_varchar = true, delim = ',', quote = '"',
              header = true);

CREATE TABLE appointments AS
SELECT Appointment AS id, "Patient No" AS patient_no, Practitioner AS practitioner,
       Treatment AS treatment, Room AS room, strptime("Start", '%Y-%m-%d %H:%M') AS starts,
       Minutes::INTEGER AS minutes, lower(Status) AS status, Status AS status_as_written,
       Fee::DECIMAL(12, 2) AS fee, Paid::DECIMAL(12, 2) AS paid,
       "Waited Minutes"::INTEGER AS waited, "Booked On"::DATE AS booked_on, "Booked Via" AS via
FROM read_csv('{tables}/appointments.csv', all_varchar = true, delim = ',', quote = '"',
              header = true);

CREATE TABLE patients AS
SELECT "Patient No" AS patient_no, "First Name" AS first_name, "Last Name" AS last_name,
       Born::DATE AS born, trim(City) AS city, Insurance AS insurance,
       Registered::DATE AS registered, Email AS email, "Referred By" AS referred_by,
       Allergies AS allergies, Reminder AS reminder
FROM read_csv('{tables}/patients.csv', all_varchar = true, delim = ';', quote = '"', header = true);

CREATE TABLE deliveries AS
SELECT "Delivery Note" AS note, strptime(Ordered, '%d/%m/%Y')::DATE AS ordered,
       strptime(Promised, '%d/%m/%Y')::DATE AS promised,
       strptime(Delivered, '%d/%m/%Y')::DATE AS delivered, Customer AS customer,
       upper("Customer Type"[1]) || lower("Customer Type"[2:]) AS kind,
       "Customer Type" AS kind_as_written, Town AS town, "Article No" AS article_no,
       "Cases Ordered"::INTEGER AS wanted, "Cases Delivered"::INTEGER AS cases,
       english("Net Amount") AS amount, Driver AS driver, Temperature::DECIMAL(12, 1) AS degrees,
       Complaint AS complaint, strptime("Paid On", '%d/%m/%Y')::DATE AS paid
FROM read_csv('{tables}/deliveries.csv', all_varchar = true, delim = ',', quote = '"',
              header = true);

CREATE TABLE prices AS
SELECT "Article No" AS article_no, Article AS article, "Group" AS family, Origin AS origin,
       "Units per case"::INTEGER AS units, german("Purchase price") AS cost,
       german("List price") AS price, CAST(rtrim(VAT, '%') AS INTEGER) AS vat, Organic AS organic,
       "Shelf life days"::INTEGER AS shelf_life,
       strptime("Listed since", '%d-%m-%Y')::DATE AS since
FROM read_csv('{tables}/price_list.csv', all_varchar = true, delim = ';', quote = '"',
              header = true, skip = 2, encoding = 'latin-1');

-- Some rows were exported twice. Counting them twice or once: both can be defended.
CREATE VIEW bank_once AS SELECT DISTINCT * FROM bank;
CREATE VIEW fuel_once AS SELECT DISTINCT * FROM fuel;
CREATE VIEW orders_once AS SELECT DISTINCT * FROM orders;
CREATE VIEW staff_once AS SELECT DISTINCT * FROM staff;
CREATE VIEW gym_once AS SELECT DISTINCT * FROM gym;
