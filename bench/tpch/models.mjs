// 22 questions to the supplier's tables, in the manner of TPC-H's: scans, joins, aggregates, windows, anti joins.

/** SQL by model name; tables are read as `w.<table>`. Some models read others. */
export const models = {
  pricing_summary: `select l_returnflag, l_linestatus, sum(l_quantity) as quantity, sum(l_extendedprice) as price,
    sum(l_extendedprice * (1 - l_discount)) as discounted, avg(l_discount) as avg_discount, count(*) as n
    from w.lineitem where l_shipdate <= date '1998-09-02' group by all order by all`,
  cheapest_supplier: `select p_partkey, s_name, ps_supplycost from w.part join w.partsupp on ps_partkey = p_partkey
    join w.supplier on s_suppkey = ps_suppkey where p_size = 15
    qualify row_number() over (partition by p_partkey order by ps_supplycost, s_suppkey) = 1`,
  unshipped_value: `select l_orderkey, o_orderdate, sum(l_extendedprice * (1 - l_discount)) as revenue
    from w.customer join w.orders on o_custkey = c_custkey join w.lineitem on l_orderkey = o_orderkey
    where c_mktsegment = 'BUILDING' and o_orderdate < date '1995-03-15' and l_shipdate > date '1995-03-15'
    group by all order by revenue desc, l_orderkey limit 1000`,
  late_orders: `select o_orderpriority, count(*) as n from w.orders where o_orderdate between date '1993-07-01' and date '1994-07-01'
    and exists (select 1 from w.lineitem where l_orderkey = o_orderkey and l_commitdate < l_receiptdate) group by all order by all`,
  local_revenue: `select n_name, sum(l_extendedprice * (1 - l_discount)) as revenue from w.customer
    join w.orders on o_custkey = c_custkey join w.lineitem on l_orderkey = o_orderkey
    join w.supplier on s_suppkey = l_suppkey and s_nationkey = c_nationkey join w.nation on n_nationkey = s_nationkey
    group by all order by revenue desc`,
  small_discounts: `select year(l_shipdate) as year, sum(l_extendedprice * l_discount) as revenue from w.lineitem
    where l_discount between 0.05 and 0.07 and l_quantity < 24 group by all order by all`,
  trade_lanes: `select s.n_name as from_nation, c.n_name as to_nation, year(l_shipdate) as year,
    sum(l_extendedprice * (1 - l_discount)) as volume from w.lineitem join w.orders on o_orderkey = l_orderkey
    join w.customer on c_custkey = o_custkey join w.supplier on s_suppkey = l_suppkey
    join w.nation s on s.n_nationkey = s_nationkey join w.nation c on c.n_nationkey = c_nationkey
    where s.n_regionkey <> c.n_regionkey group by all order by all`,
  market_share: `select year, nation_volume / sum(nation_volume) over (partition by year) as share, from_nation
    from (select year, from_nation, sum(volume) as nation_volume from trade_lanes group by all) order by all`,
  part_profit: `select n_name, year(o_orderdate) as year, sum(l_extendedprice * (1 - l_discount) - ps_supplycost * l_quantity) as profit
    from w.lineitem join w.partsupp on ps_partkey = l_partkey and ps_suppkey = l_suppkey join w.orders on o_orderkey = l_orderkey
    join w.supplier on s_suppkey = l_suppkey join w.nation on n_nationkey = s_nationkey group by all order by all`,
  returning_customers: `select c_custkey, c_name, sum(l_extendedprice * (1 - l_discount)) as lost from w.customer
    join w.orders on o_custkey = c_custkey join w.lineitem on l_orderkey = o_orderkey where l_returnflag = 'R'
    group by all order by lost desc, c_custkey limit 2000`,
  important_stock: `select ps_partkey, sum(ps_supplycost * ps_availqty) as value from w.partsupp
    join w.supplier on s_suppkey = ps_suppkey where s_nationkey = 7 group by all
    having value > (select sum(ps_supplycost * ps_availqty) * 0.000001 from w.partsupp) order by value desc, ps_partkey`,
  ship_modes: `select l_shipmode, count(*) filter (o_orderpriority in ('1-URGENT', '2-HIGH')) as urgent, count(*) as n
    from w.orders join w.lineitem on l_orderkey = o_orderkey where l_commitdate < l_receiptdate and l_shipdate < l_commitdate
    group by all order by all`,
  orders_per_customer: `select n, count(*) as customers from (select c_custkey, count(o_orderkey) as n from w.customer
    left join w.orders on o_custkey = c_custkey and o_comment not like '%ab%cd%' group by all) group by all order by all`,
  promo_share: `select date_trunc('month', l_shipdate) as month, 100 * sum(case when p_type like 'PROMO%' then l_extendedprice else 0 end)
    / sum(l_extendedprice) as percent from w.lineitem join w.part on p_partkey = l_partkey group by all order by all`,
  supplier_revenue: `select l_suppkey as s_suppkey, date_trunc('quarter', l_shipdate) as quarter,
    sum(l_extendedprice * (1 - l_discount)) as revenue from w.lineitem group by all`,
  top_suppliers: `select quarter, s_name, revenue from supplier_revenue join w.supplier using (s_suppkey)
    qualify rank() over (partition by quarter order by revenue desc) <= 3 order by all`,
  supplier_choice: `select p_brand, p_type, p_size, count(distinct ps_suppkey) as suppliers from w.partsupp
    join w.part on p_partkey = ps_partkey where p_brand <> 'Brand#45' group by all order by suppliers desc, p_brand, p_type, p_size`,
  small_quantities: `select year(l_shipdate) as year, sum(l_extendedprice) / 7 as yearly from w.lineitem
    join (select l_partkey as k, 0.2 * avg(l_quantity) as threshold from w.lineitem group by all) on k = l_partkey
    where l_quantity < threshold group by all order by all`,
  large_orders: `select o_orderkey, o_totalprice, sum(l_quantity) as quantity from w.orders join w.lineitem on l_orderkey = o_orderkey
    group by all having quantity > 250 order by o_totalprice desc, o_orderkey limit 5000`,
  brand_revenue: `select p_brand, l_shipinstruct, sum(l_extendedprice * (1 - l_discount)) as revenue from w.lineitem
    join w.part on p_partkey = l_partkey where l_quantity between 1 and 30 and l_shipmode in ('AIR', 'REG AIR') group by all order by all`,
  shipments: `select l_orderkey, l_linenumber, l_suppkey, l_shipdate, l_receiptdate - l_shipdate as days,
    l_extendedprice * (1 - l_discount) * (1 + l_tax) as charge, lag(l_shipdate) over (partition by l_suppkey order by l_shipdate, l_orderkey, l_linenumber) as before
    from w.lineitem where l_shipdate >= date '1997-01-01'`,
  waiting_suppliers: `select s_name, count(*) as n from w.supplier join w.lineitem a on a.l_suppkey = s_suppkey
    where a.l_receiptdate > a.l_commitdate and not exists (select 1 from w.lineitem b where b.l_orderkey = a.l_orderkey
    and b.l_suppkey <> a.l_suppkey and b.l_receiptdate > b.l_commitdate) group by all order by n desc, s_name limit 1000`,
};
